"""The style draws from our own layers only, in the order that lets roads show through cells and marks lie on top."""

import json
import re

import pytest

from maps.style import DIM, cell_colour, style


def test_nothing_is_fetched_from_elsewhere() -> None:
    text = json.dumps(style())
    assert "://" not in text
    assert "glyphs" not in style()
    assert "sprite" not in style()


def test_every_layer_draws_a_source_that_exists() -> None:
    drawn = style()
    assert {layer["source"] for layer in drawn["layers"] if "source" in layer} <= set(drawn["sources"])


def test_layers_lie_in_their_order() -> None:
    ids = [layer["id"] for layer in style()["layers"]]
    wanted = [
        "background",
        "water",
        "roads-minor",
        "cells",
        "roads-main",
        "outside",
        "streets-border",
        "district-border",
        "names-streets",
        "alerts",
    ]
    assert [name for name in ids if name in wanted] == wanted
    assert ids[-1] == "alerts"
    assert len(ids) == len(set(ids))


def test_cells_take_their_colour_from_feature_state_alone() -> None:
    expression = cell_colour()
    assert expression[:2] == ["match", ["coalesce", ["feature-state", "class"], -2]]
    assert expression[2:-1:4] == [0, 1, 2, 3, 4, 5, -1, -2]
    assert expression[4:-1:4] == [class_ + DIM for class_ in expression[2:-1:4]]
    [cells] = [layer for layer in style()["layers"] if layer["id"] == "cells"]
    assert [name for name, value in cells["paint"].items() if "feature-state" in str(value)] == ["fill-color", "fill-outline-color"]


def test_an_unknown_cell_is_grey_an_uncovered_one_nearly_invisible_and_one_outside_the_area_stands_back() -> None:
    expression = cell_colour()
    colours = dict(zip(expression[2:-1:2], expression[3:-1:2], strict=True))
    unknown, uncovered = colours[-1], colours[-2]
    assert expression[-1] == uncovered
    assert [float(colours[5 + more].rpartition(",")[2][:-1]) for more in (0, DIM)] == [0.97, pytest.approx(0.97 * 0.3)]
    red, green, blue, _ = (float(part) for part in re.findall(r"[\d.]+", unknown))
    assert max(red, green, blue) - min(red, green, blue) < 40
    assert float(re.findall(r"[\d.]+", uncovered)[3]) < 0.2


def test_lengths_that_grow_with_the_wall_are_plain_numbers() -> None:
    for layer in style()["layers"]:
        for name in layer.get("metadata", {}).get("rem", []):
            value = layer.get("layout", {}).get(name, layer.get("paint", {}).get(name))
            assert value is None or isinstance(value, int | float), (layer["id"], name)


def test_one_style_does_not_change_the_next() -> None:
    first = style()
    first["layers"].clear()
    assert style()["layers"]
