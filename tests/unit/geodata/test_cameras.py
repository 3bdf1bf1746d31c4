"""Cameras: which numbers are one's, which words mean one, and that a cell is seen by exactly what reaches it."""

import math
from typing import Any

import numpy as np
import pytest
import shapely

from core.errors import Invalid
from geodata.cameras import Sight, Usual, is_camera, is_gb_id, plane_around, read_gb_id, read_sight, read_stream, shares_in_reach

GOOD = "32040400001320000017"
LON, LAT = 119.95, 31.78
PLANE = plane_around([(LON, LAT)])
USUAL = Usual(50, 90)


def box(east: float, north: float, size: float = 20.0) -> Any:
    """A cell of `size` metres, whose middle is so far east and north of the place."""
    x, y = PLANE.to_metres(np.array([LON]), np.array([LAT]))
    half = size / 2
    corners = [(x[0] + east + a * half, y[0] + north + b * half) for a, b in ((-1, -1), (1, -1), (1, 1), (-1, 1))]
    return shapely.Polygon(np.column_stack(PLANE.to_degrees(*np.array(corners).T)))


@pytest.mark.parametrize("text", [GOOD, "11010100001310000001", " 32040400001320000017 "])
def test_a_cameras_number_is_taken(text: str) -> None:
    assert read_gb_id(text) == text.strip()
    assert is_gb_id(text.strip())


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("3204040000132000001", "20 digits"), ("320404000013200000171", "20 digits"), ("3204040000132000001x", "20 digits"),
        ("３２０４０４０００００１３２０００００17", "20 digits"), ("99040400001320000017", "province"), ("32040400001180000001", "118"),
        ("32040400002000000001", "type 200"), (3.204040000132e19, "15 digits"),
    ],
)  # fmt: skip
def test_what_is_no_cameras_number_is_refused_with_its_fault(value: Any, why: str) -> None:
    with pytest.raises(Invalid, match=why):
        read_gb_id(value)
    assert not is_gb_id(str(value))


def test_a_stream_is_an_address_and_its_refusal_does_not_repeat_it() -> None:
    assert read_stream(" rtsp://user:secret@10.0.0.1:554/ch1?x=1 ") == "rtsp://user:secret@10.0.0.1:554/ch1?x=1"
    assert (read_stream(None), read_stream("")) == ("", "")
    for bad in ("secret", "file:///etc/secret", "javascript:secret", "rtsp://", "rtsp://a secret", "http://" + "s" * 1000, 7):
        with pytest.raises(Invalid) as refused:
            read_stream(bad)
        assert "secret" not in str(refused.value)


def test_directions_widths_and_distances_have_their_bounds() -> None:
    assert (read_sight("bearing", 360), read_sight("angle", 360), read_sight("reach_m", 80), read_sight("bearing", None)) == (
        0,
        360,
        80,
        None,
    )
    for name, bad in (
        ("bearing", -1),
        ("bearing", 361),
        ("angle", 0),
        ("angle", 361),
        ("reach_m", 0),
        ("reach_m", 1e6),
        ("angle", True),
        ("bearing", math.nan),
        ("reach_m", "5"),
    ):
        with pytest.raises(Invalid, match=name):
            read_sight(name, bad)


def test_a_device_is_a_camera_by_its_kind_or_by_what_only_cameras_have() -> None:
    assert [is_camera(kind, {}) for kind in ("摄像机", "高空球机", "IPC", "Camera", "水位计", None)] == [
        True,
        True,
        True,
        True,
        False,
        False,
    ]
    assert [
        is_camera("杆件", {name: value}) for name, value in (("gb_id", GOOD), ("bearing", 0.0), ("reach_m", None), ("stream_url", ""))
    ] == [True, True, False, False]


def test_a_camera_without_a_direction_sees_all_round_and_no_farther_than_it_reaches() -> None:
    cells = [box(0, 0), box(39, 0), box(0, -39), box(61, 0), box(-200, 0)]
    shares = shares_in_reach(cells, [Sight(LON, LAT)], PLANE, USUAL)
    assert shares[0] == pytest.approx(1)
    assert (shares[:3] > 0.9).all()
    assert shares[3:].tolist() == [0, 0]
    far = shares_in_reach(cells, [Sight(LON, LAT, reach_m=300)], PLANE, USUAL)
    assert far == pytest.approx(np.ones(5))


@pytest.mark.parametrize(("bearing", "seen"), [(0.0, "N"), (90.0, "E"), (180.0, "S"), (270.0, "W")])
def test_a_camera_that_looks_one_way_sees_what_lies_there(bearing: float, seen: str) -> None:
    cells = {"N": box(0, 30), "E": box(30, 0), "S": box(0, -30), "W": box(-30, 0)}
    shares = shares_in_reach(list(cells.values()), [Sight(LON, LAT, bearing)], PLANE, USUAL)
    assert [name for name, share in zip(cells, shares, strict=True) if share > 0] == [seen]
    narrow = shares_in_reach(list(cells.values()), [Sight(LON, LAT, bearing, 10)], PLANE, USUAL)
    assert 0 < narrow.max() < shares.max()


def test_what_two_cameras_see_of_a_cell_is_counted_once() -> None:
    cell, here = box(0, 30, 60), Sight(LON, LAT)
    one, twice = (shares_in_reach([cell], sights, PLANE, USUAL)[0] for sights in ([here], [here, here, Sight(LON, LAT, 0.0)]))
    assert 0 < one < 1
    assert twice == pytest.approx(one)


def test_without_cells_or_cameras_nothing_is_seen() -> None:
    assert shares_in_reach([], [Sight(LON, LAT)], PLANE, USUAL).tolist() == []
    assert shares_in_reach([box(0, 0)], [], PLANE, USUAL).tolist() == [0]
    assert shares_in_reach([box(900, 0)], [Sight(LON, LAT)], PLANE, USUAL).tolist() == [0]
