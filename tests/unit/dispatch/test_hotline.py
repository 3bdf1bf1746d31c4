"""A ticket's life: what it becomes when its case moves or the platform speaks, and what goes back of it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core.errors import IllegalAct, Invalid
from core.hotline_config import FIELDS, STAGES, HotlineConfig
from dispatch import cases
from dispatch.hotline import TABLE, demand_answerable, demand_note, facts_of, fields_of, follow, masked, take_in, warn_of, write_reply

CONFIG = HotlineConfig(sources=("hotline",))
AT = datetime(2026, 11, 21, 4, tzinfo=UTC)


def ticket(**more: Any) -> dict[str, Any]:
    return {
        "ticket_no": "YP1", "upper_no": "S-1", "via": "微信", "appeal_type": "投诉", "case_number": "3204", "why": "", "merged_into": None,
        "dispatched_at": AT, "due_at": AT + timedelta(hours=10), "replied_at": None, "closed_at": None, "result": "", "reply": "", "unit": "城管局",
        "confidential": False, "stage": "handling", **more,
    }  # fmt: skip


def test_every_stage_of_a_case_that_the_mapping_names_is_one() -> None:
    assert set(STAGES) <= set(cases.TABLE)
    assert set(STAGES.values()) <= set(TABLE)


def test_a_ticket_follows_its_case_and_is_reopened_with_it() -> None:
    stages = ["reported", "accepted", "registered", "dispatched", "handling", "on_site", "finished", "checked", "closed", "registered"]
    stage, seen = "new", []
    for case_stage in stages:
        stage = follow(stage, case_stage, CONFIG)
        seen.append(stage)
    assert seen == ["new", "accepted", "accepted", "dispatched", "handling", "handling", "handling", "handling", "closed", "accepted"]


def test_who_left_the_case_follows_it_no_more() -> None:
    for stage in ("merged", "cancelled", "returned"):
        assert all(follow(stage, case_stage, CONFIG) == stage for case_stage in STAGES)
    assert follow("revisited", "closed", CONFIG) == "revisited"
    assert follow("supervised", "handling", CONFIG) == "supervised"
    assert follow("replied", "handling", CONFIG) == "replied"
    assert follow("supervised", "closed", CONFIG) == "closed"


def test_the_platforms_word_supervises_withdraws_and_disputes() -> None:
    assert take_in("handling", "督办", CONFIG) == "supervised"
    assert take_in("closed", "督办", CONFIG) == "closed"
    assert take_in("returned", "退单驳回", CONFIG) == "disputed"
    assert take_in("handling", "退单驳回", CONFIG) == "handling"
    assert take_in("accepted", "已撤销", CONFIG) == "cancelled"
    assert take_in("accepted", "办理中", CONFIG) == "accepted"


def test_only_a_plain_enquiry_without_a_case_is_closed_by_its_answer() -> None:
    demand_answerable("answer", ticket(appeal_type="咨询", case_number=None, stage="new"), CONFIG)
    demand_answerable("reply", ticket(), CONFIG)
    with pytest.raises(IllegalAct, match="plain enquiry"):
        demand_answerable("answer", ticket(case_number=None), CONFIG)
    with pytest.raises(IllegalAct, match="case 3204"):
        demand_answerable("answer", ticket(appeal_type="咨询"), CONFIG)
    with pytest.raises(Invalid, match="needs a note"):
        demand_note("return", "  ")


def test_nothing_that_goes_back_names_a_person() -> None:
    said = "已联系 13812345678，身份证 320404199001011234，电话 0519-85550000"
    facts = facts_of(ticket(stage="closed", closed_at=AT, reply=said, result=said), CONFIG, AT)
    assert masked(said) == "已联系 138****5678，身份证 320404********1234，电话 0519-85550000"
    assert facts["reply"] == facts["result"] == masked(said)
    assert (facts["kind"], facts["state"], facts["warn"]) == ("result", "已办结", "正常")
    assert fields_of(facts, CONFIG)["办件状态"] == "已办结"
    assert "诉求人" not in str(fields_of(facts, CONFIG))
    assert facts_of(ticket(confidential=True), CONFIG, AT)["unit"] == ""


def test_fields_have_the_platforms_names_and_the_empty_ones_are_left_out() -> None:
    config = HotlineConfig(
        sources=("hotline",), fields={"ticket_no": "orderId", "state": "status", "why": "reason"}, states={"handling": "3"}
    )
    assert fields_of(facts_of(ticket(), config, AT), config) == {"orderId": "YP1", "status": "3"}
    assert set(fields_of(facts_of(ticket(), CONFIG, AT), CONFIG)) <= set(FIELDS.values())


def test_the_warning_follows_the_promise_the_platform_was_given() -> None:
    assert warn_of(ticket(), CONFIG, AT) == "正常"
    assert warn_of(ticket(), CONFIG, AT + timedelta(hours=7)) == "预警"
    assert warn_of(ticket(), CONFIG, AT + timedelta(hours=11)) == "超期"
    assert warn_of(ticket(closed_at=AT), CONFIG, AT + timedelta(days=9)) == "正常"
    assert warn_of(ticket(due_at=None), CONFIG, AT) == "正常"


def test_a_caller_is_answered_in_the_citys_words_where_nobody_wrote_any() -> None:
    assert write_reply(CONFIG, "井盖破损", "已更换", "城管局") == "您反映的“井盖破损”已办结。已更换"
    assert write_reply(CONFIG, "{result}", "", "") == "您反映的“{result}”已办结。"
