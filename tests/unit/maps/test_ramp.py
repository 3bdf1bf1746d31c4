"""The ramp: every class and severity has its look, and the legend's ranges say what `classes_of` does."""

import numpy as np
import pytest

from core.config import Config
from maps.ramp import CLASS_COLOURS, CLASS_OPACITIES, MARKS, UNKNOWN, class_colour, ranges, rgba
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
    assert len({class_colour(number) for number in range(-1, 6)}) == 7
    for number in (-2, 6):
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
