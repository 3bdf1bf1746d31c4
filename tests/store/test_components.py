"""Components are taken from a census in one statement, matched to the units that own them, and found again by place."""

from datetime import timedelta
from typing import Any

from flask import Flask

from geodata.component_files import Component
from store import components, geography
from store.components import Saved
from tests.desk import Desk


def save(desk: Desk, *found: Component, is_whole: bool = False) -> Saved:
    with desk.store.connection() as connection:
        return components.save(connection, found, geography.load_locator(connection), desk.now, lambda _: None, is_whole=is_whole)


def thing(number: int, **fields: Any) -> Component:
    return Component(
        **{"code": f"320404010200{number:04}", "class_code": "0102", "lon": 119.905, "lat": 31.785, "owner": "供电公司", **fields}
    )


def test_a_census_is_taken_compared_and_what_is_gone_proposes_nobody(desk: Desk, app: Flask) -> None:
    desk.insert("units", {"code": "power", "name": "供电公司", "area": "320404"}, "unit_id")
    first = save(desk, thing(1), thing(2, lat=31.7853, owner="无名公司"), thing(3, lon=110.0))
    assert (first.added, first.outside, first.unowned) == (2, ("3204040102000003",), (("无名公司", 1),))
    desk.now += timedelta(days=1)
    again = save(desk, thing(1), thing(2, lat=31.7853, owner="供电公司"))
    assert (again.added, again.changed, again.unchanged, again.removed) == (0, 1, 1, 0)
    person = desk.sign_in(app, "dispatcher")
    told = person.get("/components?near=119.905,31.785&radius_m=60").json["components"]
    assert [(row["code"][-4:], row["unit"], row["distance_m"]) for row in told] == [("0001", "供电公司", 0), ("0002", "供电公司", 33.4)]
    assert save(desk, thing(2), is_whole=True).removed == 1
    assert [row["code"][-4:] for row in person.get("/components?near=119.905,31.785").json["components"]] == ["0002"]
    assert person.get("/components/3204040102000001").json["removed_at"] is not None
    assert person.get("/components?near=here").status_code == 422


def test_nobody_sees_components_of_other_areas(desk: Desk, app: Flask) -> None:
    save(desk, thing(1))
    assert len(desk.sign_in(app, "north").get("/components?near=119.905,31.785").json["components"]) == 1
    south = desk.with_token(app, "read", area="320404002")
    assert south.get("/components?near=119.905,31.785").json["components"] == []
