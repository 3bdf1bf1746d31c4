"""What the map is told and where it stands, run by Node: an irregular cell is one number told once, and a city is never a dot between boxes."""

from maps.cells import cell_ground
from maps.style import DIM
from tests.in_node import modules

run = modules({"K": "map-cells.js", "G": "cell-ground.js", "O": "map-open.js"})
MAP = """
const told = [], map = { on() {}, getSource: () => ({ setData() {} }), removeFeatureState() { told.push("all"); }, setPaintProperty() {},
  setFeatureState: ({ id }, state) => told.push([id, state]) };
const cells = new K.ShapeCells(new G.CellGround(ground)), flush = () => told.splice(0);
globalThis.location = { href: "http://a.city/wall" };
"""
PANEL = """
globalThis.document = {}; globalThis.getComputedStyle = () => ({ fontSize: "16px" });
const at = (x, y, width, height) => ({ left: x, top: y, right: x + width, bottom: y + height, width, height });
const panel = { getBoundingClientRect: () => at(0, 0, ...size), querySelector: (name) => boxes[name] && { getBoundingClientRect: () => at(...boxes[name]) } };
say(O.paddingOf(panel));
"""


def test_an_irregular_cell_is_told_its_colour_as_one_number_and_only_when_it_changed() -> None:
    ground = cell_ground([4, 9, 2], ["320404001001", "320404002001", "320404002001"], None)
    told = run(MAP + """cells.add(map); const steps = [flush()];
      cells.show(new Map([[4, 3], [9, -1]])); steps.push(flush());
      cells.dim("320404002"); steps.push(flush());
      cells.change([4, 9, 2, 77], new Map([[4, 5], [9, -1], [2, 0]])); steps.push(flush());
      cells.add(map); steps.push(flush());
      cells.dim(""); steps.push(flush()); say(steps)""", ground=ground)  # fmt: skip
    now = [[4, {"class": 5 + DIM}], [9, {"class": -1}], [2, {"class": 0}]]
    assert told == [
        ["all"],
        [[4, {"class": 3}], [9, {"class": -1}]],
        [[4, {"class": 3 + DIM}]],
        [now[0], now[2]],
        ["all", *now],
        [[4, {"class": 5}]],
    ]


def test_boxes_at_the_edges_keep_the_city_clear_of_them_and_never_take_most_of_the_map() -> None:
    boxes = {".chips": [0, 0, 900, 40], ".legend": [0, 820, 900, 80]}
    usual = run(PANEL, size=[960, 900], boxes=boxes)
    assert (usual["top"], usual["bottom"]) == (40 + 11.2, 80 + 11.2)
    low = run(PANEL, size=[960, 160], boxes={".chips": [0, 0, 900, 80], ".legend": [0, 100, 900, 60]})
    assert round(low["top"] + low["bottom"], 6) == 0.6 * 160
    assert low["top"] > low["bottom"]
