"""The schematic city: real names, whole regions, codes as the standard asks, the same from the same seed."""

import itertools
import re
from collections import Counter, defaultdict

import numpy as np
import shapely
from shapely.geometry import Polygon, shape

from geodata.boundary import district_boundary, spoken_name
from geodata.model import City
from geodata.partition import MAX_CELLS, demo_city
from geodata.regions import joined, pieces


def test_committees_are_called_by_the_name_people_say() -> None:
    said = {"新中社区居委会": "新中社区", "东风村委会": "东风村", "老街居委会": "老街社区", "邹区社区居委会（含邹区村村委）": "邹区社区"}
    assert {name: spoken_name(name) for name in said} == said


def test_the_demo_district_has_its_real_streets_and_communities(zhonglou: City) -> None:
    streets = {area.code: area.name for area in zhonglou.areas if area.level == "street"}
    assert streets["320404001"] == "五星街道"
    assert len(streets) == 8
    assert sum(area.level == "community" for area in zhonglou.areas) == 105
    assert 13_000 < len(zhonglou.cells) < 13_400


def test_every_community_has_between_60_and_250_cells_and_never_more_than_a_serial_holds(zhonglou: City) -> None:
    sizes = Counter(cell.area for cell in zhonglou.cells).values()
    assert min(sizes) >= 60
    assert max(sizes) <= 250 <= MAX_CELLS


def test_streets_communities_and_duty_grids_are_each_one_piece(zhonglou: City) -> None:
    for length, key in ((9, "area"), (12, "area"), (None, "duty_grid")):
        members = defaultdict(list)
        for cell in zhonglou.cells:
            members[getattr(cell, key)[:length]].append(shape(cell.geometry))
        for code, shapes in members.items():
            whole = shapely.coverage_union_all(shapes)
            assert whole.buffer(1e-9, join_style="mitre").geom_type == "Polygon", code


def test_codes_are_the_community_and_a_serial_from_west_to_east_and_north_to_south(zhonglou: City) -> None:
    by_area = defaultdict(list)
    for cell in zhonglou.cells:
        assert re.fullmatch(r"\d{15}", cell.cell_code)
        assert cell.cell_code.startswith(cell.area)
        by_area[cell.area].append(cell)
    for cells in by_area.values():
        cells.sort(key=lambda cell: cell.cell_code)
        assert [int(cell.cell_code[12:]) for cell in cells] == list(range(1, len(cells) + 1))
        for before, after in itertools.pairwise(cells):
            same_row = abs(before.lat - after.lat) < 5e-4
            assert after.lon > before.lon if same_row else after.lat < before.lat


def test_duty_grids_are_named_by_street_community_and_number(zhonglou: City) -> None:
    grids = {grid.code: grid for grid in zhonglou.duty_grids}
    assert set(grids) == {cell.duty_grid for cell in zhonglou.cells}
    assert all(re.fullmatch(r"\d{12}G\d{2}", code) for code in grids)
    assert grids["320404001001G01"].name == "五星街道·新中社区·网格01"
    assert set(Counter(grid.area for grid in zhonglou.duty_grids).values()) == {2}


def test_cells_are_squares_of_a_hundred_metres(zhonglou: City) -> None:
    geod = __import__("pyproj").Geod(ellps="GRS80")
    for cell in zhonglou.cells[::1500]:
        ring = cell.geometry["coordinates"][0]
        for (x1, y1), (x2, y2) in itertools.pairwise(ring):
            assert abs(geod.inv(x1, y1, x2, y2)[2] - 100) < 0.05


def test_community_polygons_tile_the_district_without_overlap_or_gap(zhonglou: City) -> None:
    shapes = [shape(area.geometry) for area in zhonglou.areas if area.level == "community"]
    boundary = district_boundary("320404")[1]
    assert shapely.coverage_is_valid(shapes)
    assert abs(sum(s.area for s in shapes) / boundary.area - 1) < 1e-5


def test_all_that_is_generated_is_marked_schematic_and_the_real_boundary_is_not(zhonglou: City) -> None:
    assert all(cell.schematic for cell in zhonglou.cells)
    assert all(grid.schematic for grid in zhonglou.duty_grids)
    assert {area.level for area in zhonglou.areas if not area.schematic} == {"district"}


def test_the_same_seed_gives_the_same_city_and_another_seed_another(zhonglou: City) -> None:
    assert demo_city("320404") == zhonglou
    assert demo_city("320404", seed=2).cells != zhonglou.cells


def test_stray_pieces_join_a_neighbour_and_islands_stay() -> None:
    none = [-1] * 7
    rows = [none, [-1, 0, 0, 1, 1, 0, -1], [-1, 0, 0, 1, 1, 1, -1], none, [-1, -1, -1, 1, -1, -1, -1], none]
    label = np.array(rows, dtype=np.int32)
    whole = joined(label)
    assert whole[1, 5] == 1
    assert whole[4, 3] == 1
    assert len(np.unique(pieces(whole))) == 4  # nothing, two regions, the island


def test_a_small_district_works_too(village: tuple[City, Polygon]) -> None:
    city, _boundary = village
    assert len(city.duty_grids) == 8
    assert abs(sum(cell.area_m2 for cell in city.cells) / 1e4 - len(city.cells)) < 1e-9
