"""The table of layers: every one has its texts, its module and its readers."""

import re
from pathlib import Path

import pytest

from maps.layers import GROUPS, LAYERS, READ_WHERE_PEOPLE_ARE, layers_for
from panels.text import load_texts
from store.layers import POINTS
from store.patrols import READS_TRACKS

ASSETS = Path(__file__).resolve().parents[3] / "assets"


def test_where_people_are_is_offered_to_whom_the_store_tells_it() -> None:
    assert READ_WHERE_PEOPLE_ARE == READS_TRACKS
    assert "workers" in [layer.name for layer in layers_for("duty")]
    assert "workers" not in [layer.name for layer in layers_for("wall")]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_layer_has_its_name_and_says_when_it_is_empty(language: str) -> None:
    text = load_texts(ASSETS / "i18n")[language]
    for key in (
        [f"layer.{one.name}" for one in LAYERS] + [f"layer.none.{one.name}" for one in LAYERS] + [f"layer.group.{g}" for g in GROUPS]
    ):
        assert text(key) != key


def test_every_layer_is_drawn_by_a_module_and_has_an_icon_and_a_group() -> None:
    table = (ASSETS / "map-layers.js").read_text(encoding="utf-8").partition("MODULES")[2].partition("};")[0]
    assert dict(re.findall(r'(\w+): \(\) => import\("\./([\w-]+\.js)"\)', table)).keys() == {layer.name for layer in LAYERS}
    assert {layer.name for layer in LAYERS} >= set(POINTS)
    assert all((ASSETS / "vendor" / "icons" / f"{layer.icon}.svg").exists() and layer.group in GROUPS for layer in LAYERS)
