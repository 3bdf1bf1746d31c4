"""The demo's census: what any city could import, at the same places whenever the same city is made."""

import re
from datetime import date

from geodata.model import City, GridCell
from sim.census import MANY, make_components

CELL = GridCell("3204040010010100001", "320404001001", "320404001001001", 119.9, 31.78, {}, 10_000.0, True, 1)
CITY = City((), (CELL,), ())


def test_every_component_has_a_code_of_its_own_that_says_its_class() -> None:
    made = make_components(CITY, "320404", date(2026, 11, 22))
    assert len({one.code for one in made}) == MANY
    assert all(re.fullmatch(r"\d{16}", one.code) and one.code[6:10] == one.class_code for one in made)


def test_it_stays_in_its_cell_and_most_of_it_is_sound() -> None:
    made = make_components(CITY, "320404", date(2026, 11, 22))
    assert all(abs(one.lon - CELL.lon) < 0.0005 > abs(one.lat - CELL.lat) for one in made)
    assert 0.9 < sum(one.state == "完好" for one in made) / MANY < 0.99
    assert made == make_components(CITY, "320404", date(2026, 11, 22))
