"""A city's own files: what is taken, refused, repaired and suspected, in the datums and projections cities have."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import geopandas
import pytest
from shapely.geometry import Polygon, box, mapping, shape
from shapely.geometry.base import BaseGeometry

from core.errors import Invalid
from geodata.checks import converted, suspicion, tiling
from geodata.datums import from_cgcs2000, gcj02_to_wgs84, wgs84_to_gcj02
from geodata.importing import Imported, Options, import_areas, import_cells, import_layer
from geodata.model import Area, City

DISTRICT = box(119.90, 31.78, 119.94, 31.81)


def written(folder: Path, rows: Sequence[tuple[Mapping[str, Any], BaseGeometry | None]], name: str = "file.geojson") -> Path:
    features = [{"type": "Feature", "properties": p, "geometry": mapping(g) if g else None} for p, g in rows]
    path = folder / name
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return path


def areas() -> list[Area]:
    community = box(119.91, 31.79, 119.93, 31.80)
    return [
        Area("320404", "钟楼区", "district", None, 119.92, 31.79, mapping(DISTRICT)),
        Area("320404001", "五星街道", "street", "320404", 119.92, 31.795, mapping(community)),
        Area("320404001001", "新中社区", "community", "320404001", 119.92, 31.795, mapping(community)),
    ]


def reasons(found: Imported[Any]) -> list[tuple[str, str, int | None]]:
    return [(finding.verdict, finding.reason, finding.feature) for finding in found.findings]


def cell(n: int) -> Polygon:
    return box(119.911 + 0.001 * n, 31.791, 119.912 + 0.001 * n, 31.792)


def test_bad_rows_are_refused_with_their_number_and_never_stop_their_neighbours(tmp_path: Path) -> None:
    bow = Polygon([(119.911, 31.795), (119.912, 31.796), (119.912, 31.795), (119.911, 31.796)])
    rows = [
        ({"code": "320404001001001"}, cell(0)), ({"code": "12"}, cell(1)), ({"code": "320404001001001"}, cell(2)),
        ({"code": "320404001001004"}, None), ({"code": "320404001001005"}, bow), ({"code": "320404001001006"}, cell(3)),
    ]  # fmt: skip
    found, _ = import_cells(written(tmp_path, rows), Options(), areas())
    assert [c.cell_code[-3:] for c in found.taken if c.cell_code[-3:] != "005"] == ["001", "006"]
    assert reasons(found)[:3] == [("refused", "code", 2), ("refused", "duplicate", 3), ("refused", "geometry", 4)]
    assert reasons(found)[3][1:] == ("geometry", 5)


def test_a_cell_belongs_to_its_column_else_its_code_else_where_it_lies_else_is_refused(tmp_path: Path) -> None:
    rows = [
        ({"cell_code": "32040400100199", "area": "320404001001"}, cell(0)), ({"cell_code": "320404001001002"}, cell(1)),
        ({"cell_code": "32040401003001"}, cell(2)), ({"cell_code": "32040401003002"}, box(119.935, 31.805, 119.936, 31.806)),
    ]  # fmt: skip
    found, _ = import_cells(written(tmp_path, rows), Options(), areas())
    assert [c.area for c in found.taken] == ["320404001001"] * 3
    assert reasons(found)[0] == ("refused", "area", 4)


def test_duty_grids_come_with_their_cells_and_columns_can_be_named(tmp_path: Path) -> None:
    rows = [({"BM": "320404001001001", "grid": "G1", "gridname": "一号网格"}, cell(0)), ({"BM": "320404001001002", "grid": "G1"}, cell(1))]
    options = Options(columns={"code": "BM", "duty_grid": "grid", "duty_grid_name": "gridname"})
    found, grids = import_cells(written(tmp_path, rows), options, areas())
    assert [(g.code, g.name, g.area) for g in grids] == [("G1", "一号网格", "320404001001")]
    assert all(c.duty_grid == "G1" and 10_000 < c.area_m2 < 11_000 for c in found.taken)


def test_overlaps_and_gaps_are_told_in_square_metres(tmp_path: Path) -> None:
    ring = [box(119.911 + 0.001 * x, 31.791 + 0.001 * y, 119.912 + 0.001 * x, 31.792 + 0.001 * y) for x in range(3) for y in range(3)]
    hole = ring.pop(4)
    rows = [({"code": f"320404001001{n:03d}"}, s) for n, s in enumerate([*ring, ring[0]], 1)]
    found, _ = import_cells(written(tmp_path, rows), Options(), areas())
    told = {finding.reason: finding.detail for finding in found.findings}
    assert "m² with 320404001001009" in told["overlap"]
    assert told["gap"].startswith("10,")
    assert tiling([*ring, hole]).gap_m2 < 1
    assert tiling([*ring, hole]).overlap_m2 < 1


@pytest.mark.parametrize("datum", ["gcj02", "bd09"])
def test_another_datum_is_converted_when_named(tmp_path: Path, datum: str) -> None:
    moved = Polygon([from_cgcs2000(x, y, datum) for x, y in cell(0).exterior.coords])
    found, _ = import_cells(written(tmp_path, [({"code": "320404001001001"}, moved)]), Options(datum=datum), areas())
    assert shape(found.taken[0].geometry).symmetric_difference(cell(0)).area < 1e-4 * cell(0).area


def test_another_datum_is_suspected_when_it_fits_the_district_better(village: tuple[City, Polygon]) -> None:
    city, boundary = village
    shifted = [Polygon([wgs84_to_gcj02(x, y) for x, y in c.geometry["coordinates"][0]]) for c in city.cells]
    unshifted = [Polygon([gcj02_to_wgs84(x, y) for x, y in c.geometry["coordinates"][0]]) for c in city.cells]
    assert "--datum cgcs2000" in suspicion(unshifted, boundary, "gcj02")
    assert "--datum gcj02" in suspicion(shifted, boundary)
    assert suspicion([shape(c.geometry) for c in city.cells], boundary) == ""
    assert "nothing lies in the district" in suspicion([box(10, 10, 11, 11)], boundary)
    assert converted(boundary, "wgs84") is boundary


@pytest.mark.parametrize(("epsg", "name"), [(4549, "a.gpkg"), (4528, "a.shp")])
def test_projected_files_are_unprojected(tmp_path: Path, epsg: int, name: str) -> None:
    frame = geopandas.GeoDataFrame({"code": ["320404001001001"]}, geometry=[cell(0)], crs=4490).to_crs(epsg)
    frame.to_file(tmp_path / name)
    found, _ = import_cells(tmp_path / name, Options(), areas())
    assert shape(found.taken[0].geometry).symmetric_difference(cell(0)).area < 1e-4 * cell(0).area


def test_metres_without_a_projection_are_refused_and_the_zone_is_named(tmp_path: Path) -> None:
    flat = geopandas.GeoSeries([cell(0)], crs=4490).to_crs(4528)[0]
    path = written(tmp_path, [({"code": "320404001001001"}, flat)])
    with pytest.raises(Invalid, match="EPSG:4528"):
        import_cells(path, Options(), areas())
    found, _ = import_cells(path, Options(crs="EPSG:4528"), areas())
    assert shape(found.taken[0].geometry).intersects(cell(0))


def test_swapped_axes_are_turned_round_and_told(tmp_path: Path) -> None:
    turned = Polygon([(y, x) for x, y in cell(0).exterior.coords])
    found, _ = import_cells(written(tmp_path, [({"code": "320404001001001"}, turned)]), Options(), areas())
    assert ("warning", "axes", None) in reasons(found)
    assert shape(found.taken[0].geometry).equals(cell(0))


def test_areas_find_their_parents_whatever_their_order(tmp_path: Path) -> None:
    rows = [
        ({"code": "320404001001", "name": "新中社区"}, box(119.91, 31.79, 119.93, 31.80)),
        ({"code": "320404", "name": "钟楼区"}, DISTRICT),
        ({"code": "320404001", "name": "五星街道"}, box(119.91, 31.79, 119.93, 31.80)),
    ]  # fmt: skip
    found = import_areas(written(tmp_path, rows), Options())
    assert [(a.code, a.level, a.parent) for a in found.taken] == [
        ("320404", "district", None), ("320404001", "street", "320404"), ("320404001001", "community", "320404001"),
    ]  # fmt: skip


def test_a_layer_keeps_its_properties_and_refuses_another_kind(tmp_path: Path) -> None:
    line = shape({"type": "LineString", "coordinates": [[119.9, 31.7], [119.91, 31.71]]})
    path = written(tmp_path, [({"name": "中山路", "lanes": 4}, line), ({"name": "x"}, cell(0))])
    found = import_layer(path, Options(), "roads", "道路")
    assert found.taken[0].kind == "line"
    assert found.taken[0].collection["features"][0]["properties"] == {"name": "中山路", "lanes": 4}
    assert reasons(found) == [("refused", "geometry", 2)]
    with pytest.raises(Invalid, match="cannot name a layer"):
        import_layer(path, Options(), "cells", "")


def test_what_is_no_file_of_ours_is_refused_in_words(tmp_path: Path) -> None:
    path = tmp_path / "note.geojson"
    path.write_text("not json")
    with pytest.raises(Invalid, match="cannot be read"):
        import_areas(path, Options())
