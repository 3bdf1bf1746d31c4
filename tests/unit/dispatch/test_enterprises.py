"""Enterprises as people write them, and what of a contact others may read."""

from pathlib import Path

import pytest

from core.errors import Invalid
from core.ledger_config import LedgerConfig, public_emergencies
from core.text import load_texts
from dispatch.enterprises import mask_name, mask_phone, read_enterprises, read_entry, read_risk
from dispatch.told_rows import Refusal

KINDS = LedgerConfig().enterprise_kinds


@pytest.mark.parametrize(("word", "risk"), [("红", 1), ("较大风险", 2), ("yellow", 3), (4, 4), ("", None), (None, None), (" 橙色 ", 2)])
def test_a_colour_is_known_by_all_its_names(word: object, risk: int | None) -> None:
    assert read_risk(word) == risk


@pytest.mark.parametrize("fields", [{}, {"code": "E", "kind": "x"}, {"code": "E", "risk": 5}, {"code": "E", "lon": 1}, {"code": "E" * 41},
                                    {"code": "E", "area": "abc"}, {"code": "E", "datum": "x", "lon": 1, "lat": 1}, {"code": ["E"]}])  # fmt: skip
def test_what_cannot_be_meant_is_refused(fields: dict[str, object]) -> None:
    with pytest.raises(Invalid):
        read_entry(fields, KINDS)


def test_a_kind_is_known_by_its_code_and_by_its_words() -> None:
    assert {
        read_entry({"code": "E", "kind": word}, KINDS).told["kind"] for word in ("dust", "涉爆粉尘作业场所", "Explosive-dust site")
    } == {"dust"}


def test_a_file_tells_of_each_row(tmp_path: Path) -> None:
    file = tmp_path / "企业.csv"
    file.write_text(
        "统一社会信用代码,企业名称,企业类型,风险等级\nE1,甲,涉氨制冷企业,红\nE1,又甲,,\nE2,乙,面包房,\n,丙,,\n", encoding="gb18030"
    )
    taken, refusals = read_enterprises(file, KINDS)
    assert [(one.code, one.risk, one.row) for one in taken] == [("E1", 1, 2)]
    assert [(one.row, one.code, one.name, one.key) for one in refusals] == [
        (3, "E1", "又甲", "twice"), (4, "E2", "乙", "kind"), (5, "", "丙", "missing")
    ]  # fmt: skip


def test_a_refusal_is_told_in_every_language_and_names_what_it_fills_in() -> None:
    assets = Path(__file__).resolve().parents[3] / "assets" / "i18n"
    wrong: list[dict[str, object]] = [
        {}, {"code": "E", "kind": "x"}, {"code": "E", "risk": 5}, {"code": "E", "lon": 1}, {"code": "E" * 41}, {"code": "E\n1"},
        {"code": "E", "area": "abc"}, {"code": "E", "datum": "x", "lon": 1, "lat": 1},
    ]  # fmt: skip
    refusals = []
    for fields in wrong:
        with pytest.raises(Refusal) as caught:
            read_entry(fields, KINDS)
        refusals.append(caught.value)
    assert {one.key for one in refusals} == {"missing", "kind", "risk", "degrees", "long", "text", "area", "datum"}
    for text in load_texts(assets).values():
        assert all("{" not in text(f"ledgers.file.why.{one.key}", **one.values) for one in refusals)


@pytest.mark.parametrize(
    ("name", "masked"), [("张三丰", "张**"), ("李四", "李*"), ("欧阳长名字", "欧**"), ("A", "*"), ("", ""), (None, None)]
)
def test_of_a_name_the_first_letter_is_shown(name: str | None, masked: str | None) -> None:
    assert mask_name(name) == masked


@pytest.mark.parametrize(
    ("phone", "masked"), [("13812345678", "138****5678"), ("110", "**0"[0:2] + "10"), ("", ""), ("0519-8888", "*******88")]
)
def test_of_a_number_the_middle_is_hidden(phone: str, masked: str) -> None:
    assert mask_phone(phone) == masked


def test_every_class_of_emergency_has_every_grade() -> None:
    table = public_emergencies(LedgerConfig().emergency_grades)
    assert len(table) == 16
    assert len({row["code"] for row in table}) == 16
    assert next(row for row in table if row["code"] == "accident-2")["label"] == "重大事故灾难"


def test_a_city_words_its_own_lists() -> None:
    config = LedgerConfig.model_validate({"enterprise_kinds": {"dock": {"label": "码头", "label_en": "Dock"}}, "morning_at": ""})
    assert (list(config.enterprise_kinds), config.morning_time) == (["dock"], None)
    faults: list[dict[str, object]] = [
        {"morning_at": "25:00"},
        {"enterprise_kinds": {}},
        {"emergency_grades": {1: {"label": "x", "label_en": "x"}}},
    ]
    for wrong in faults:
        with pytest.raises(ValueError, match=r"morning_at|enterprise_kinds|grades"):
            LedgerConfig.model_validate(wrong)
