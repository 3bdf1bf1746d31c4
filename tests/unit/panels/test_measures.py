"""Every measure of the city can be chosen on the map, the first by a chip, and its legend says what its numbers are."""

import json
from pathlib import Path
from typing import Any

import pytest
from plotly.utils import PlotlyJSONEncoder

from core.config import Config, MeasureConfig
from core.model import Scope
from panels.frame import Page
from panels.measures import CHIPS, measure_chips, measures_told
from panels.text import load_texts

ROOT = Path(__file__).resolve().parents[3]
TEXTS = load_texts(ROOT / "assets" / "i18n")


def page(config: Config, language: str = "zh") -> Page:
    return Page("/wall", "", {}, TEXTS[language], config, Scope("supervisor", ("320404",), 1, "somebody"))


def tree(config: Config, chosen: str = "risk") -> list[dict[str, Any]]:
    group = json.loads(json.dumps(measure_chips(page(config), chosen), cls=PlotlyJSONEncoder))
    return [dict(child["props"]) for child in group["props"]["children"]]


def test_the_first_measures_are_chips_and_the_others_stand_in_the_list_behind_them(config: Config) -> None:
    *chips, more = tree(config, "air")
    options = [child["props"] for child in more["children"]][1:]
    assert [one["data-measure"] for one in (*chips, *options)] == list(config.screens.measures)
    assert len(chips) == CHIPS
    assert [chip["data-measure"] for chip in chips if chip["aria-pressed"] == "true"] == ["air"]
    assert all(option["value"] == option["data-measure"] and option["children"] for option in options)


def test_a_city_with_few_measures_has_no_list(config: Config) -> None:
    few = dict(list(config.screens.measures.items())[:2])
    assert len(tree(config.model_copy(update={"screens": config.screens.model_copy(update={"measures": few})}))) == 2


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_legend_says_unit_and_reach_of_what_is_counted(config: Config, language: str) -> None:
    told = measures_told(page(config, language))
    assert told["air"]["unit"] == config.metrics["pm25"].unit
    assert (told["risk"]["unit"], told["aqi"]["unit"]) == ("", "")
    for name in ("cases", "complaints", "devices", "response"):
        assert f"{config.screens.measures[name].radius_m:g} m" in str(told[name]["unit"])
    assert told["cases"]["ranges"] == ["0", "1", "2", "3–4", "5–7", "≥8"]


def test_a_measure_shows_a_metric_or_something_counted_never_both() -> None:
    one = {"label": "m", "label_en": "m", "limits": [1, 2, 3, 4, 5], "metric": "pm25"}
    assert MeasureConfig.model_validate(one).of is None
    with pytest.raises(ValueError, match="not both"):
        MeasureConfig.model_validate({**one, "of": "cases"})
