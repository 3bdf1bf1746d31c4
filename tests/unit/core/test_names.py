"""A pattern stands for the names that have its parts in order, and costs no more than reading the name."""

from time import process_time

import pytest

from core.names import MOST_STARS, fits, patterns


@pytest.mark.parametrize("written", ["*0" * 12 + "*x", "*a" * 12 + "*x", "*" * 200 + "x"])
def test_many_stars_hold_nobody_up(written: str) -> None:
    began = process_time()
    assert not fits(written, "sensor-" + "a0" * 100)
    assert process_time() - began < 1, "of this process alone: a regular expression takes minutes"


def test_more_stars_than_any_name_needs_are_refused() -> None:
    assert patterns(("*a" * MOST_STARS,)) == ("*a" * MOST_STARS,)
    with pytest.raises(ValueError, match="stars"):
        patterns(("x", "*" * (MOST_STARS + 1)))
