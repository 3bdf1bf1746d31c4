"""What a phone says of where and when is doubted where it cannot be, and never for want of accuracy or of a clock."""

from datetime import UTC, datetime, timedelta

import pytest

from core.field_config import FieldConfig
from dispatch.plausible import Place, Said, judge, true_time

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
CONFIG = FieldConfig()
LON, LAT = 119.95, 31.78
METRE = 1 / 111_320  # degrees of latitude
GIVEN = Place(LON, LAT, NOW - timedelta(hours=1))


def at(metres: float, accuracy_m: float | None = 10, minutes_ago: float = 0, clock_off: float = 0) -> Said:
    """A phone so many metres north of the place; its clock is so many seconds ahead, for both of its times."""
    off = timedelta(seconds=clock_off)
    return Said(LON, LAT + metres * METRE, accuracy_m, NOW - timedelta(minutes=minutes_ago) + off, NOW + off)


@pytest.mark.parametrize(
    ("metres", "accuracy_m", "doubts"),
    [
        (0, 10, ()),
        (290, 0, ()),
        (320, 0, ("far",)),
        (320, 50, ()),  # it may well be there
        (2_000, 5_000, ("inaccurate", "far")),  # a phone that knows nothing is not believed to be anywhere
        (2_000, None, ("far",)),
    ],
)
def test_far_is_what_no_inaccuracy_explains(metres: float, accuracy_m: float | None, doubts: tuple[str, ...]) -> None:
    judged = judge(at(metres, accuracy_m), GIVEN, None, NOW, CONFIG)
    assert judged.doubts == doubts
    assert judged.distance_m == pytest.approx(metres, abs=2)


def test_an_unknown_place_is_never_far() -> None:
    judged = judge(at(0), Place(None, None), None, NOW, CONFIG)
    assert (judged.doubts, judged.distance_m) == ((), None)


def test_no_position_is_a_doubt_and_nothing_else() -> None:
    assert judge(Said(done_at=NOW, sent_at=NOW), GIVEN, Place(LON, LAT, NOW), NOW, CONFIG).doubts == ("no_position",)


@pytest.mark.parametrize(
    ("kilometres", "minutes", "fast"), [(10, 1, True), (10, 10, False), (0.15, 0, False), (3, 0, True), (3, -2, False)]
)
def test_nobody_travels_faster_than_configured(kilometres: float, minutes: float, fast: bool) -> None:
    """Also where the last position known is of a moment after this one."""
    last = Place(LON, LAT + kilometres * 1000 * METRE, NOW - timedelta(minutes=minutes), 0)
    assert ("too_fast" in judge(at(0, 0), GIVEN, last, NOW, CONFIG).doubts) is fast


@pytest.mark.parametrize(("off", "doubts"), [(0, ()), (240, ()), (-7200, ("clock",)), (7200, ("clock",))])
def test_a_wrong_clock_is_told_and_its_times_are_put_right(off: float, doubts: tuple[str, ...]) -> None:
    judged = judge(at(0, minutes_ago=30, clock_off=off), GIVEN, None, NOW, CONFIG)
    assert judged.doubts == doubts
    assert judged.done_at == NOW - timedelta(minutes=30)
    assert judged.clock_off_s == off


def test_nothing_is_done_before_it_was_given_and_nothing_after_now() -> None:
    assert judge(at(0, minutes_ago=90), GIVEN, None, NOW, CONFIG).doubts == ("early",)
    assert true_time(Said(done_at=NOW + timedelta(hours=3)), NOW) == (NOW, None)
    assert true_time(Said(), NOW) == (NOW, None)
