"""A census of components is read row by row: codes of the city's length, classes from the codes, positions in any datum."""

from datetime import date
from typing import Any

import pytest

from geodata.component_files import components_of, read_components

SIXTEEN = r"\d{16}"
GOOD = {"code": "3204040102000001", "lon": "119.905", "lat": 31.785, "owner": "供电公司", "surveyed_on": "2025年6月30日"}


def read(*rows: dict[str, Any], pattern: str = SIXTEEN, datum: str = "cgcs2000") -> Any:
    return components_of(enumerate(rows, 2), pattern, datum)


def test_a_row_is_a_component_and_the_class_may_stand_in_its_code() -> None:
    [one], findings = read(GOOD)
    assert (one.class_code, one.owner, one.lon, one.lat, one.surveyed_on, findings) == (
        "0102",
        "供电公司",
        119.905,
        31.785,
        date(2025, 6, 30),
        [],
    )
    [named], _ = read({**GOOD, "class_code": 207})
    assert named.class_code == "0207", "a sheet keeps 0207 as a number"


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"code": "12"}, "code"),
        ({"lon": ""}, "position"),
        ({"lon": 513300.5, "lat": 3519000.2}, "degrees"),
        ({"lon": float("nan")}, "degrees"),
    ],
)
def test_a_bad_row_is_told_with_its_number_and_the_others_are_taken(fields: dict[str, Any], why: str) -> None:
    taken, [finding] = read({**GOOD, **fields}, {**GOOD, "code": "3204040102000002"})
    assert ([one.code for one in taken], finding.feature, why in finding.detail) == (["3204040102000002"], 2, True)


def test_a_code_that_comes_twice_is_its_later_row() -> None:
    [one], [finding] = read(GOOD, {**GOOD, "owner": "水务局"})
    assert (one.owner, finding.verdict) == ("水务局", "warning")


def test_another_length_of_code_is_a_matter_of_configuration() -> None:
    [one], _ = read({**GOOD, "code": "A-17", "class_code": "0102"}, pattern=r"[A-Z]-\d+")
    assert one.code == "A-17"
    _, [finding] = read({**GOOD, "code": "A-17"}, pattern=r"[A-Z]-\d+")
    assert "no class" in finding.detail


def test_a_foreign_datum_is_brought_into_ours() -> None:
    [one], _ = read(GOOD, datum="gcj02")
    assert 300 < abs(one.lon - 119.905) * 94_600 < 700


def test_csv_with_chinese_headings_and_geojson_points_are_read(tmp_path: Any) -> None:
    sheet = tmp_path / "部件.csv"
    sheet.write_text("部件编码,权属单位,经度,纬度\n3204040102000001,供电公司,119.9,31.78\n", encoding="gb18030")
    [one], _ = read_components(sheet, SIXTEEN)
    assert one.owner == "供电公司"
    points = tmp_path / "c.geojson"
    points.write_text('{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"ObjID":"3204040102000001"},'
                      '"geometry":{"type":"Point","coordinates":[119.9,31.78]}}]}')  # fmt: skip
    assert [each.code for each in read_components(points, SIXTEEN)[0]] == ["3204040102000001"]
