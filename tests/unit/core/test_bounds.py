"""Whom a frame may speak for: its token's areas over HTTP, its topic's over MQTT."""

from datetime import datetime

import pytest

from core.bounds import bounds_of, narrowed
from core.model import Frame


@pytest.mark.parametrize(
    ("topic", "peer", "bounds"),
    [
        ("/api/v1/readings", "areas:320404", ("320404",)),
        ("/api/v1/readings", "areas:320404001,320404002", ("320404001", "320404002")),
        ("/api/v1/readings", "areas:", ("",)),
        ("city/320404001/water/d/telemetry", "", ("320404001",)),
        ("city/3204/gateway/g/telemetry", "", ("3204",)),
        ("city/320404/report/video", "", ("320404",)),
        ("frigate/events", "", ("",)),
        ("", "10.0.0.7:41000", ("",)),
        ("", "", ("",)),
    ],
)
def test_a_token_or_a_topic_of_ours_names_the_areas_and_other_wires_name_none(
    now: datetime, topic: str, peer: str, bounds: tuple[str, ...]
) -> None:
    assert bounds_of(Frame("f", b"", now, topic, peer)) == bounds


def test_a_district_reaches_its_streets_and_a_street_neither_its_district_nor_its_sister(now: datetime) -> None:
    street, district = (bounds_of(Frame("f", b"", now, f"city/{area}/water/d/telemetry")) for area in ("320404001", "320404"))
    assert [area.startswith(street) for area in ("320404001002", "320404001", "320404002", "320404")] == [True, True, False, False]
    assert [area.startswith(district) for area in ("320404001002", "320404", "320405", "3204")] == [True, True, False, False]


@pytest.mark.parametrize(
    ("area", "bounds", "narrow"),
    [
        ("320404001002", ("320404001",), "320404001002"),
        ("320404", ("320404002", "320404001"), "320404002"),
        ("", ("320404002", "320404001"), "320404002"),
        ("", ("",), ""),
        ("320404001", ("",), "320404001"),
        ("320404002", ("320404001",), None),
        ("320405", ("320404001", "320404"), None),
    ],
)
def test_a_coarse_place_takes_its_senders_area_and_another_one_is_refused(area: str, bounds: tuple[str, ...], narrow: str | None) -> None:
    assert narrowed(area, bounds) == narrow
