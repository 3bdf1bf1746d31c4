"""Datums: vectors of /work/shared/reference/coordinates.yaml (computed with the published function)."""

from math import cos, hypot, radians

import pytest

from core.errors import Invalid
from geodata.datums import bd09_to_wgs84, from_cgcs2000, gcj02_to_wgs84, to_cgcs2000, wgs84_to_bd09, wgs84_to_gcj02

VECTORS = [
    ("天安门", (116.397428, 39.90923), (116.4036716, 39.9106335), (116.4100441, 39.9169729)),
    ("柴桑", (115.911, 29.608), (115.9159106, 29.6052472), (115.922305, 29.6115822)),
    ("龙岩", (117.017, 25.075), (117.0218737, 25.0722412), (117.0283349, 25.0783845)),
    ("钟楼", (119.902, 31.802), (119.9066854, 31.7998504), (119.9131688, 31.8059125)),
    ("椒江", (121.443, 28.673), (121.4473955, 28.6700302), (121.4538062, 28.6763652)),
    ("Tokyo", (139.7671, 35.6812), (139.7671, 35.6812), (139.7736323, 35.6871407)),
]
Point = tuple[float, float]


def metres(a: Point, b: Point) -> float:
    return hypot((a[0] - b[0]) * cos(radians(a[1])), a[1] - b[1]) * 111_195


@pytest.mark.parametrize(("name", "wgs", "gcj", "bd"), VECTORS)
def test_published_vectors_hold_both_ways(name: str, wgs: Point, gcj: Point, bd: Point) -> None:
    assert metres(wgs84_to_gcj02(*wgs), gcj) < 0.02  # the vectors have seven decimals
    assert metres(wgs84_to_bd09(*wgs), bd) < 0.02
    assert metres(gcj02_to_wgs84(*gcj), wgs) < 0.02
    assert metres(bd09_to_wgs84(*bd), wgs) < 0.02


def test_the_inverse_is_true_to_a_centimetre_where_the_one_step_inverse_is_off_by_two_metres() -> None:
    wgs = (117.017, 25.075)
    gcj = wgs84_to_gcj02(*wgs)
    again = wgs84_to_gcj02(*gcj)
    one_step = (2 * gcj[0] - again[0], 2 * gcj[1] - again[1])
    assert metres(one_step, wgs) > 2
    assert metres(gcj02_to_wgs84(*gcj), wgs) < 0.001


def test_outside_china_gcj02_is_wgs84() -> None:
    assert wgs84_to_gcj02(2.35, 48.85) == (2.35, 48.85)
    assert gcj02_to_wgs84(2.35, 48.85) == (2.35, 48.85)


def test_zero_stays_zero_in_every_datum() -> None:
    assert {to_cgcs2000(0, 0, datum) for datum in ("cgcs2000", "wgs84", "gcj02", "bd09")} == {(0, 0)}


def test_an_unknown_datum_is_refused_by_name() -> None:
    with pytest.raises(Invalid, match="beijing54"):
        to_cgcs2000(116, 39, "beijing54")
    with pytest.raises(Invalid, match="xian80"):
        from_cgcs2000(116, 39, "xian80")
