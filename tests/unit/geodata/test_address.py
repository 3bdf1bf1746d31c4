"""Addresses as tickets write them, made plain."""

import pytest

from geodata.address import Speller, fold, hedges

SPELLER = Speller({"江苏省常州市": "", "常州市": "", "钟楼区": "320404", "荷花池街道": "320404001", "花园社区居委会": "320404001001"})


@pytest.mark.parametrize(
    ("said", "plain"),
    [
        ("江苏省常州市钟楼区荷花池街道花园社区怀德中路１２３号３幢乙单元502室", "怀德中路123号"),
        ("常州市钟楼区怀德路二十三号附近", "怀德路23号附近"),
        ("阳光小区12-3-502", "阳光小区"),
        ("阳光小区12幢502", "阳光小区"),
        ("怀德路１２＃３楼", "怀德路12号"),
        ("怀德路12号（近中医院）", "怀德路12号"),
        ("阳光花园三期12幢旁边", "阳光花园3期旁边"),
        ("怀德中路123号-2号门面", "怀德中路123号-2号门面"),
        ("钟楼区", "钟楼区"),
        ("江苏省", "江苏省"),
        ("12幢", "12幢"),
        ("", ""),
        ("！？…", ""),
    ],
)
def test_beginnings_of_areas_and_tails_of_buildings_leave_and_something_always_stays(said: str, plain: str) -> None:
    assert SPELLER.normalise(said) == plain


def test_the_areas_that_were_named_are_remembered_as_hints() -> None:
    assert SPELLER.spell("钟楼区荷花池街道花园社区怀德路1号").areas == ("320404", "320404001", "320404001001")
    assert SPELLER.spell("荷花池街道办事处旁").areas == ("320404001",)


@pytest.mark.parametrize(
    ("said", "folded"),
    [
        ("二十三号", "23号"),
        ("一二三弄", "123弄"),
        ("一百零八号", "108号"),
        ("十号", "10号"),
        ("百十十号", "百十十号"),
        ("三堡街", "三堡街"),
    ],
)
def test_numerals_become_digits_only_where_they_count_something(said: str, folded: str) -> None:
    assert fold(said) == folded


def test_words_that_say_not_quite_there_lower_and_the_lowest_counts() -> None:
    assert hedges("斜对面水果店") == ("斜对面", 0.8, "水果店")
    assert hedges("门口往东50米") == ("门口", 0.6, "")
    assert hedges("水果店") == ("", 1.0, "水果店")
