"""What a phone says is read in any datum, its clock never fails an act, and half a place is refused."""

from datetime import UTC, datetime

import pytest

from api.phone import PHONE_TIME, said_of
from core.errors import Invalid
from geodata.datums import wgs84_to_gcj02

LON, LAT = 119.95, 31.78


def test_a_place_is_stored_in_our_datum_whatever_the_phone_speaks() -> None:
    lon, lat = wgs84_to_gcj02(LON, LAT)
    said = said_of({"lon": lon, "lat": lat, "datum": "gcj02", "accuracy_m": 12}, {})
    assert [said.lon, said.lat, said.accuracy_m] == pytest.approx([LON, LAT, 12], abs=1e-7)


def test_zero_zero_is_no_fix() -> None:
    assert said_of({"lon": 0, "lat": 0}, {}).lon is None


@pytest.mark.parametrize("fields", [{"lon": 1}, {"lon": "1", "lat": 2}, {"lon": 181, "lat": 2}, {"lon": 1, "lat": 2, "datum": "mars"},
                                    {"accuracy_m": float("inf")}, {"done_at": "yesterday"}, {"lon": True, "lat": 2}])  # fmt: skip
def test_what_is_no_place_or_time_is_refused(fields: dict[str, object]) -> None:
    with pytest.raises(Invalid):
        said_of(fields, {})


@pytest.mark.parametrize(
    ("word", "sent"), [("2026-11-22T02:00:00Z", datetime(2026, 11, 22, 2, tzinfo=UTC)), ("nonsense", None), ("", None)]
)
def test_the_clock_of_the_phone_stands_in_a_header_in_any_spelling(word: str, sent: datetime | None) -> None:
    assert said_of({}, {PHONE_TIME.lower(): word}).sent_at == sent
