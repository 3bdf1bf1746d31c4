"""The organisation's settings: the layouts of the seeds are lists of levels, and shifts leave a duty grid one worker at a time."""

import re
from typing import Any

import pytest
from pydantic import ValidationError

from core.config import Config
from core.organisation_config import OrganisationConfig

_DIGITS = "零一二三四五六七八九"
_WORDS = {"监督": "supervision", "指挥": "command", "管理": "management", "网格": "grid"}


def asked(layout: str) -> dict[str, int]:
    """一级监督、一级指挥、三级管理、四级网格 as numbers."""
    return {_WORDS[what]: _DIGITS.index(digit) for digit, what in re.findall(r"(\w)级(\w\w)", layout)}


def level(label: str, *has: str, management: bool = True) -> dict[str, Any]:
    return {"label": label, "label_en": label, "management": management, **dict.fromkeys(has, True)}


@pytest.mark.parametrize(
    ("layout", "levels"),
    [
        ("一级监督、一级指挥、三级管理、四级网格",
         [level("市", "supervision", "command"), level("县"), level("镇"), level("责任网格", management=False)]),
        ("两级监督、两级指挥、三级管理、四级网格".replace("两", "二"),
         [level("市", "supervision", "command"), level("区", "supervision", "command"), level("街道"), level("网格", management=False)]),
        ("一级监督、二级指挥、四级管理、五级网格",
         [level("市", "supervision", "command"), level("区", "command"), level("街道"), level("社区"), level("网格", management=False)]),
    ],
)  # fmt: skip
def test_a_layout_of_the_seeds_is_a_list_of_levels(layout: str, levels: list[dict[str, Any]]) -> None:
    assert OrganisationConfig.model_validate({"levels": levels}).layout == asked(layout)


def test_what_is_shipped_and_what_holds_without_a_word_are_the_same_layout(config: Config) -> None:
    wanted = asked("一级监督、一级指挥、三级管理、四级网格")
    assert config.organisation.layout == OrganisationConfig().layout == wanted
    assert [level.label for level in OrganisationConfig().levels] == ["市", "县(区)", "镇(街道)", "责任网格"]
    assert list(config.organisation.levels_of("command")) == [2]
    assert list(config.organisation.levels_of("team")) == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ({"shifts": {"a": {"label": "a", "label_en": "a", "starts": "08:00", "ends": "20:00"}, "b": {"label": "b", "label_en": "b", "starts": "19:59", "ends": "08:00"}}}, "overlap"),
        ({"levels": [level("市"), level("网格")]}, "no level has a supervision centre"), ({"levels": []}, "at least 1"),
        ({"shifts": {"a": {"label": "a", "label_en": "a", "starts": "25:00", "ends": "08:00"}}}, "no time of day"),
    ],
)  # fmt: skip
def test_what_cannot_hold_is_refused(raw: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        OrganisationConfig.model_validate(raw)
