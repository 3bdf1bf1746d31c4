"""A slope is that of the line, its error that of what the line leaves over: a flat heap that swings is flat."""

import pytest

from bench.soak import slope

HOURS = [n / 60 for n in range(30)]


def test_a_leak_of_six_megabytes_an_hour_is_found_among_swings_of_one() -> None:
    found = slope(HOURS, [20 + 6 * hour + (0.5 if n % 2 else -0.5) for n, hour in enumerate(HOURS)])
    assert found.per_hour == pytest.approx(6, abs=2 * found.error)
    assert 0 < found.error < 1


def test_swings_without_a_leak_have_no_slope_beyond_their_error() -> None:
    found = slope(HOURS, [20 + (2 if n % 3 == 0 else -1) for n in range(30)])
    assert abs(found.per_hour) < 2 * found.error


def test_a_line_has_its_slope_and_no_error() -> None:
    found = slope(HOURS, [3 - 2 * hour for hour in HOURS])
    assert (found.per_hour, found.error) == pytest.approx((-2, 0), abs=1e-6)
    assert found.first > found.last
