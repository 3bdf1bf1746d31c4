"""What the morning report tells of its facts: every figure in its place, the unknown as unknown, in two languages."""

from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from core.ledger_config import CodeConfig
from core.text import load_texts
from dispatch.morning import compose, last_due
from dispatch.paper import Paper

TEXTS = load_texts(Path(__file__).resolve().parents[3] / "assets" / "i18n")
ZONE = ZoneInfo("Asia/Shanghai")
AT = "2026-11-22T00:00:00+00:00"


def told(**parts: Any) -> dict[str, Any]:
    return {
        "area": "320404", "area_name": "钟楼区", "area_name_en": "Zhonglou District", "since": "2026-11-21T00:00:00+00:00", "until": AT, "made_at": AT, "made_by": "", "areas": {},
        "alerts": {"raised": 12, "before": 9, "compared": True, "red": 1, "orange": 2, "yellow": 4, "blue": 5, "open": 3},
        "incidents": {"opened": 2, "before": 2, "compared": True, "closed": 1, "open": 2, "list": []},
        "cases": {"opened": 30, "before": 41, "compared": True, "closed": 28, "overdue_new": 1, "open": 50, "overdue": 2, "list": [], "classes": []},
        "hotline": {"received": 7, "before": 7, "compared": True, "decided": 6}, "orders": [], "warnings": [], "log": [], "simulated": False,
        "hazards": {"open": 4, "major": 1, "overdue": 0, "found": 1, "list": []},
        "air": {"value": None, "level": None, "primary": None, "at": None}, "water": {"of": 0, "good": 0, "poor": []}, **parts,
    }  # fmt: skip


def paper(language: str = "zh", **parts: Any) -> Paper:
    return compose(told(**parts), TEXTS[language], ZONE, {"0502": CodeConfig(label="道路积水", label_en="Waterlogging")})


def words(of: Paper) -> str:
    return "\n".join(" ".join([block.text, *block.heads, *(cell for row in block.rows for cell in row)]) for block in of.blocks)


def test_the_summary_can_be_read_aloud() -> None:
    first = paper().blocks[0].text
    assert first.startswith("过去 24 小时，新增告警 12 条（红色 1、橙色 2），新增事件 2 起；新增案件 30 件，结案 28 件，现有超期未结 2 件")
    assert "未办结督办 0 件，其中超期 0 件；未销号隐患 4 处，其中重大 1 处。" in first


def test_each_figure_is_compared_with_the_day_before() -> None:
    shown = words(paper())
    assert ("较前一日 +3" in shown, "较前一日 −11" in shown, "与前一日持平" in shown) == (True, True, True)


def test_a_day_before_that_was_not_counted_whole_is_compared_with_nothing() -> None:
    first = {"raised": 12, "before": 0, "compared": False, "red": 1, "orange": 2, "yellow": 4, "blue": 5, "open": 3}
    [facts] = [block for block in paper(alerts=first).blocks if block.kind == "facts" and block.rows[0][1] == "12"]
    assert facts.rows[0][2] == "较前一日 — 数据不全"


def test_what_nobody_measured_is_unknown_and_not_zero() -> None:
    [facts] = [block for block in paper().blocks if block.kind == "facts" and block.rows[0][0] == "空气质量指数"]
    assert facts.rows[:2] == (("空气质量指数", "—", "无数据"), ("Ⅲ类及以上断面", "—", "无数据"))


def test_air_water_and_warnings_are_told_with_their_level() -> None:
    shown = words(paper(
        air={"value": 87.0, "level": 2, "primary": "pm25", "at": AT}, water={"of": 5, "good": 4, "poor": [{"name": "童子河", "text": "Ⅳ"}]},
        warnings=[{"title": "暴雨橙色预警", "observed_at": AT, "ends_at": None, "ended_at": None}],
    ))  # fmt: skip
    assert ("87 良" in shown, "4 / 5" in shown, "低于Ⅲ类：童子河 Ⅳ" in shown, "2026-11-22 08:00 暴雨橙色预警 —" in shown) == (True,) * 4


def test_times_are_the_citys_and_what_is_late_says_so() -> None:
    order = {
        "number": "1" * 19,
        "title": "积水",
        "unit": "排水公司",
        "unit_en": "Drainage",
        "stage": "issued",
        "due_at": AT,
        "overdue": True,
    }
    assert "待反馈 2026-11-22 08:00 （超期）" in words(paper(orders=[order]))
    assert "Drainage Awaits answer 2026-11-22 08:00 (late)" in words(paper("en", orders=[order]))


def test_a_list_says_how_many_it_leaves_out() -> None:
    one = {"number": "1", "title": "x", "unit": None, "unit_en": None, "stage": "handling", "due_at": AT}
    cases = {
        **told()["cases"],
        "overdue": 12,
        "list": [one] * 10,
        "classes": [{"code": "0502", "opened": 9}, {"code": "9999", "opened": 1}],
    }
    shown = words(paper(cases=cases))
    assert ("另有 2 项未列出" in shown, "新增最多的类别：道路积水 9、9999 1" in shown) == (True, True)


def test_a_stage_that_nobody_named_shows_itself() -> None:
    one = {"id": 1, "severity": 2, "title": "x", "area": "320404001", "stage": "levitating", "opened_at": AT}
    assert "levitating" in words(paper(incidents={**told()["incidents"], "list": [one]}))


def test_simulated_data_are_marked_above_everything() -> None:
    assert (paper().marks, paper(simulated=True).marks, paper("en", simulated=True).marks[0].lower()) == (
        (),
        ("模拟数据",),
        "simulated data",
    )


def test_both_languages_have_the_same_parts() -> None:
    zh, en = paper(), paper("en")
    assert (zh.title, en.title) == ("钟楼区城市运行早报", "Zhonglou District: morning report")
    assert [(block.kind, len(block.rows)) for block in zh.blocks] == [(block.kind, len(block.rows)) for block in en.blocks]
    assert not any("\u4e00" <= letter <= "\u9fff" for letter in words(en))


@pytest.mark.parametrize(("now", "due"), [("2026-11-21T23:59", "2026-11-21T00:00"), ("2026-11-22T00:00", "2026-11-22T00:00"),
                                          ("2026-11-22T20:00", "2026-11-22T00:00")])  # fmt: skip
def test_the_newest_due_moment_is_todays_or_yesterdays(now: str, due: str) -> None:
    moment = datetime.fromisoformat(now).replace(tzinfo=UTC)
    assert last_due(moment, time(8), ZONE) == datetime.fromisoformat(due).replace(tzinfo=UTC)
