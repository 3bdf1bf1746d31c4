"""The stored map: a re-import keeps the numbers of cells, nothing points at a cell that went, reads are ready to send."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from shapely.geometry import Polygon

from api.places import Places
from core.model import EVERYWHERE, Placement, Scope
from geodata.boundary import Division, Names
from geodata.model import City, Layer
from geodata.partition import partition_district
from store import geography
from store.timescale import Store
from tests.patience import Stopwatch

BOUNDARY = Polygon([(119.900, 31.790), (119.922, 31.793), (119.921, 31.809), (119.903, 31.811)])


def city(seed: int = 1) -> City:
    below = {f"32040400{s}": tuple(Division(f"32040400{s}00{c}", f"{c}社区") for c in (1, 2)) for s in (1, 2)}
    streets = tuple((Division(code, f"{code[-1]}号街道"), communities) for code, communities in below.items())
    return partition_district(Names("320404", "小区", streets), BOUNDARY, (119.91, 31.80), seed)


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    opened = Store(database_url)
    yield opened
    opened.close()


def test_what_was_saved_is_loaded(store: Store, now: datetime) -> None:
    made = city()
    with store.connection() as connection:
        saved = geography.save_city(connection, made, now)
    with store.connection() as connection:
        loaded = geography.load_city(connection)
    assert saved.added == len(made.cells)
    assert loaded.areas == made.areas
    assert loaded.duty_grids == made.duty_grids
    assert [replace(cell, cell_id=None) for cell in loaded.cells] == list(made.cells)


def test_a_second_import_keeps_numbers_and_replaces_what_is_gone(store: Store, now: datetime) -> None:
    first = city()
    with store.connection() as connection:
        geography.save_city(connection, first, now)
        numbers = {cell.cell_code: cell.cell_id for cell in geography.load_city(connection).cells}
        again = geography.save_city(connection, first, now)
    assert (again.added, again.changed, again.removed) == (0, 0, 0)
    with store.connection() as connection:
        geography.save_city(connection, city(seed=2), now)
        after = {cell.cell_code: cell.cell_id for cell in geography.load_city(connection).cells}
    assert set(after) == {cell.cell_code for cell in city(seed=2).cells}
    assert all(after[code] == number for code, number in numbers.items() if code in after)


def test_a_device_in_a_cell_that_goes_is_placed_anew_and_an_unplaced_one_found(store: Store, now: datetime) -> None:
    made = city()
    gone = made.cells[-1]
    with store.connection() as connection:
        geography.save_city(connection, made, now)
        number = geography.load_locator(connection).locate(gone.lon, gone.lat).cell_id
        columns = "device, name, domain, area, lon, lat, cell_id, placement"
        add = f"insert into devices ({columns}) values (%s, '', 'urban', '3204', %s, %s, %s, %s)"
        connection.execute(add, ("a", gone.lon, gone.lat, number, "inside"))
        connection.execute(add, ("b", made.cells[0].lon, made.cells[0].lat, None, "none"))
        saved = geography.save_city(connection, replace(made, cells=made.cells[:-1]), now)
        rows = {row["device"]: row for row in connection.execute("select device, cell_id, placement from devices")}
        locator = geography.load_locator(connection)
    assert saved.removed == 1
    assert rows["a"]["cell_id"] == locator.locate(gone.lon, gone.lat).cell_id != number
    assert rows["b"]["cell_id"] == locator.locate(made.cells[0].lon, made.cells[0].lat).cell_id
    assert rows["b"]["placement"] == Placement.INSIDE


def test_an_area_that_still_carries_cells_is_held_and_told(store: Store, now: datetime) -> None:
    made = city()
    with store.connection() as connection:
        geography.save_city(connection, made, now)
        saved = geography.save_areas(connection, [area for area in made.areas if area.code != "320404001001"], now)
        assert saved.held == ("320404001001",)


def test_layers_are_sent_as_they_are_and_cells_only_of_the_scope(store: Store, now: datetime) -> None:
    made = city()
    roads = Layer("roads", "道路", "line", {"type": "FeatureCollection", "features": []}, schematic=True)
    street = Scope("duty", ("320404001",))
    with store.connection() as connection:
        geography.save_city(connection, made, now)
        geography.save_layer(connection, roads, now)
        cells = json.loads(geography.layer_text(connection, "cells", EVERYWHERE) or "")
        mine = json.loads(geography.layer_text(connection, "cells", street) or "")
        areas = json.loads(geography.layer_text(connection, "areas", street) or "")
        assert json.loads(geography.layer_text(connection, "roads", street) or "") == roads.collection
        assert geography.layer_text(connection, "nothing", EVERYWHERE) is None
        assert [row["name"] for row in geography.list_layers(connection)] == ["areas", "cells", "roads"]
    assert len(cells["features"]) == len(made.cells)
    assert isinstance(cells["features"][0]["id"], int)
    assert set(cells["features"][0]["properties"]) == {"code", "area", "street", "duty_grid", "schematic"}
    assert {feature["properties"]["street"] for feature in mine["features"]} == {"320404001"}
    assert {feature["properties"]["code"][:9] for feature in areas["features"]} == {"320404", "320404001"}


def test_the_locator_of_a_small_city_loads_at_once(store: Store, now: datetime) -> None:
    with store.connection() as connection:
        geography.save_city(connection, city(), now)
        watch = Stopwatch()
        assert len(geography.load_locator(connection)) == len(city().cells)
        watch.within(2, "loading the locator")


def test_the_cells_of_a_scope_are_told_as_the_grid_they_form_and_anew_when_they_change(store: Store, now: datetime) -> None:
    made, street, places = city(), Scope("duty", ("320404001",)), Places()
    later = now
    told = {}
    for cells in (made.cells, made.cells[:-9]):
        with store.connection() as connection:
            geography.save_city(connection, replace(made, cells=cells), now)
            told = {scope.areas: json.loads(places.ground(connection, scope, later).plain) for scope in (EVERYWHERE, street)}
        assert sum(told[EVERYWHERE.areas]["runs"]) == len(told[EVERYWHERE.areas]["ids"]) == len(cells)
        later += timedelta(minutes=1)
    assert all(ground["lattice"]["columns"] > 5 for ground in told.values())
    assert {area[:9] for area in told[street.areas]["areas"]} == {"320404001"}
