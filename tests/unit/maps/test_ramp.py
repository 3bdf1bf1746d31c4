"""The ramp: every class and severity has its look, and the legend's ranges say what `classes_of` does."""

import re
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from core.config import Config
from maps.daylight import DAY
from maps.ramp import CLASS_COLOURS, CLASS_OPACITIES, MARKS, UNKNOWN, UNKNOWN_COLOUR, UNKNOWN_OPACITY, class_colour, ranges, rgba
from maps.style import NIGHT
from projector.landscape import classes_of

LIMITS = (20.0, 40.0, 60.0, 75.0, 88.0)


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_calm_classes_recede() -> None:
    assert list(CLASS_OPACITIES) == sorted(CLASS_OPACITIES)
    assert len(CLASS_COLOURS) == len(CLASS_OPACITIES) == 6


def test_every_class_has_a_colour_and_no_other_number_has() -> None:
    assert len({class_colour(number) for number in range(-2, 6)}) == 8
    for number in (-3, 6):
        with pytest.raises(ValueError, match="no class"):
            class_colour(number)


def test_a_legend_has_six_ranges_without_a_hole() -> None:
    assert ranges(LIMITS) == ["<20", "20–40", "40–60", "60–75", "75–88", "≥88"]


def test_a_limit_belongs_to_the_class_above_it_and_nothing_known_is_none() -> None:
    assert classes_of(np.array([19.9, 20, 40, 60, 75, 88, np.nan]), LIMITS).tolist() == [0, 1, 2, 3, 4, 5, UNKNOWN]


def test_severities_differ_in_shape_and_character_not_in_colour_alone() -> None:
    for kind in ("colour", "shape", "character", "letter", "name"):
        assert len({getattr(mark, kind) for mark in MARKS.values()}) == 5, kind


@pytest.mark.parametrize("level", [2, 3, 4])
def test_the_character_on_a_mark_can_be_read(level: int) -> None:
    assert contrast(MARKS[level].colour, MARKS[level].ink) >= 4.5


def test_the_character_on_red_is_large_and_bold_and_may_have_less_contrast() -> None:
    assert contrast(MARKS[1].colour, MARKS[1].ink) >= 3


def test_rgba_is_written_as_browsers_read_it() -> None:
    assert rgba("#16406f", 0.5) == "rgba(22,64,111,0.5)"


def test_the_citys_measures_have_limits_the_ramp_can_show(config: Config) -> None:
    for measure in config.screens.measures.values():
        assert list(measure.limits) == sorted(measure.limits)
        assert len(ranges(measure.limits)) == len(CLASS_COLOURS)


# Full dichromacy on linear sRGB after Machado, Oliveira and Fernandes (2009), severity 1.0.
SIGHTS = {
    "all colours": np.eye(3),
    "no red": np.array([[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]),
    "no green": np.array([[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]),
    "no blue": np.array([[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]),
}
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]) / np.array([[0.9505], [1.0], [1.089]])


def channels(colour: str) -> NDArray[np.float64]:
    return np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255


def lab(rgb: NDArray[np.float64], sight: NDArray[np.float64]) -> NDArray[np.float64]:
    """CIELAB (D65) of an sRGB colour as somebody sees it."""
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    xyz = TO_XYZ @ np.clip(sight @ linear, 0, 1)
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("sight", SIGHTS)
@pytest.mark.parametrize("ground", [NIGHT, DAY[NIGHT]], ids=["night", "day"])
def test_no_two_classes_nor_grey_look_alike_to_anybody(sight: str, ground: str) -> None:
    painted = [*zip(CLASS_COLOURS, CLASS_OPACITIES, strict=True), (UNKNOWN_COLOUR, UNKNOWN_OPACITY)]
    seen = [lab(channels(colour) * alpha + channels(ground) * (1 - alpha), SIGHTS[sight]) for colour, alpha in painted]
    differ = {(i, j): np.linalg.norm(seen[i] - seen[j]) for i, j in combinations(range(7), 2)}
    assert min(differ.values()) > 8, min(differ, key=lambda pair: differ[pair])


def test_the_legends_sheet_has_the_ramps_own_colours() -> None:
    sheet = (Path(__file__).resolve().parents[3] / "assets" / "00-tokens.css").read_text(encoding="utf-8")
    assert tuple(re.findall(r"--class-\d: (#[0-9a-f]{6})", sheet)) == CLASS_COLOURS


def test_a_legend_of_whole_numbers_names_them() -> None:
    assert ranges([1, 2, 3, 5, 8], whole=True) == ["0", "1", "2", "3–4", "5–7", "≥8"]
