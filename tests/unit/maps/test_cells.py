"""What is told of the cells is what the browser makes of it again: numbers, areas, and the ground that each of them covers."""

import json
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pyproj
import shapely

from geodata.lattice import find_lattice
from maps.cells import cell_ground, steps
from tests.present import node

ASSETS = (Path(__file__).resolve().parents[3] / "assets").as_uri()
ZONE = pyproj.Proj("+proj=tmerc +lon_0=117 +x_0=500000 +ellps=GRS80")
READ = f"""import {{ CellGround, mercator }} from "{ASSETS}/cell-ground.js";
import {{ LatticeCells }} from "{ASSETS}/map-lattice.js";
let text = "";
for await (const part of process.stdin) text += part;
console.log(JSON.stringify(JSON.parse(text).map(([told, points]) => {{
  const ground = new CellGround(told), {{ lattice }} = ground, [first, second, third] = ground.ids;
  const painted = lattice && new LatticeCells(ground, Array(8).fill("rgba(1,2,3,0.5)"), 0.2);
  painted?.show(new Map([[first, 5], [second, -1]]));
  painted?.dim("320404002");
  painted?.change([third, 999999], new Map([[first, 5], [second, -1], [third, 0]]));
  return {{
    ids: [...ground.ids], areas: [...ground.ids].map((id) => ground.areaOf(id)), inside: ground.countIn("320404002"), stranger: ground.areaOf(999999),
    bytes: lattice && [...lattice.places].map((place) => painted.bytes[place]), empty: painted?.bytes.filter((byte) => byte === 0).length,
    found: points.map((point) => lattice?.numberAt(mercator(point))), rings: lattice && [...ground.ids.keys()].map((number) => lattice.ring(number)),
  }};
}})));"""


def read(*cases: tuple[dict[str, Any], list[list[float]]]) -> list[dict[str, Any]]:
    """What the browser's own modules make of each, by one Node."""
    done = subprocess.run(
        [node(), "--input-type=module", "-e", READ], input=json.dumps(cases), capture_output=True, encoding="utf-8", check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return list(json.loads(done.stdout))


def test_a_point_is_found_in_the_cell_that_holds_it_and_nowhere_outside() -> None:
    x0, y0 = ZONE(119.9, 31.8)
    column, row = (part.ravel() for part in np.meshgrid(np.arange(60), np.arange(45)))
    chosen = np.hypot(column - 30, row - 22) < 21
    west, south = x0 + column[chosen] * 100.0, y0 + row[chosen] * 100.0
    corners = ZONE(west[:, None] + np.array([0, 100, 100, 0]), south[:, None] + np.array([0, 0, 100, 100]), inverse=True)
    shapes = np.array(shapely.polygons(np.round(np.stack(corners, axis=2), 7)))
    dice = np.random.default_rng(7)
    inner = ZONE(west + dice.uniform(3, 97, len(west)), south + dice.uniform(3, 97, len(west)), inverse=True)
    outer = ZONE(np.array([x0 - 500, x0 + 20, x0 + 9000]), np.array([y0, y0 + 20, y0 + 2000]), inverse=True)
    areas = [f"32040400{1 + k * 3 // len(west)}001" for k in range(len(west))]
    ids = (1000 + 3 * np.arange(len(west))).tolist()
    lattice = find_lattice(shapes)
    assert lattice is not None
    points = np.column_stack([np.concatenate(pair) for pair in zip(inner, outer, strict=True)]).tolist()
    [told] = read((cell_ground(ids, areas, lattice), points))
    assert (told["ids"], told["areas"], told["stranger"]) == (ids, areas, "")
    dim = [0 if area.startswith("320404002") else 16 for area in areas]
    assert told["bytes"] == [8 + dim[0], 2 + dim[1], 3 + dim[2], *(1 + k for k in dim[3:])], "5, unknown, 0, and the rest uncovered"
    assert told["empty"] == lattice.columns * lattice.rows - len(ids), "nothing where no cell is"
    assert told["inside"] == sum(area.startswith("320404002") for area in areas)
    assert told["found"] == [*range(len(ids)), -1, -1, -1]
    off = np.abs(np.array(told["rings"])[:, :4] - shapely.get_coordinates(shapes).reshape(-1, 5, 2)[:, :4])
    assert off.max() * 111_000 < 0.2, "metres"


def test_irregular_cells_have_numbers_and_areas_and_no_lattice_and_a_city_without_cells_has_none() -> None:
    irregular, none = read(
        (cell_ground([4, 9, 2], ["320404001001", "320404002001", "320404002001"], None), []), (cell_ground([], [], None), [])
    )
    assert (irregular["ids"], irregular["inside"], irregular["rings"]) == ([4, 9, 2], 2, None)
    assert (none["ids"], none["inside"]) == ([], 0)


def test_steps_are_small_where_numbers_follow_one_another() -> None:
    assert steps([5, 6, 7, 20]) == [5, 1, 1, 13]
    assert steps([]) == []
