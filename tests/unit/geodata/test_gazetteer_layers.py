"""The demo's own names: roads, numbered houses, places, all marked schematic."""

from typing import Any

from geodata.gazetteer import Gazetteer
from geodata.gazetteer_layers import schematic_places
from geodata.locate import Locator
from geodata.metric import Shape
from geodata.model import City, Layer


def feature(sort: str, coordinates: Any, name: str | None) -> dict[str, Any]:
    return {"type": "Feature", "properties": {"name": name}, "geometry": {"type": sort, "coordinates": coordinates}}


def test_the_demos_names_are_schematic_lie_inside_and_find_themselves(village: tuple[City, Shape]) -> None:
    city, _ = village
    locator = Locator.of(city.cells, city.areas)
    roads = [
        feature("LineString", [[119.88, 31.80], [119.91, 31.80]], "怀德路"), feature("LineString", [[119.91, 31.80], [119.94, 31.80]], "怀德路"),
        feature("LineString", [[119.91, 31.78], [119.91, 31.82]], "北环高架"), feature("LineString", [[119.91, 31.78], [119.92, 31.82]], None),
    ]  # fmt: skip
    points = [feature("Point", [119.912, 31.801], "实验小学")]
    layers = [
        Layer("roads", "道路", "line", {"type": "FeatureCollection", "features": roads}, schematic=True),
        Layer("places", "地点", "point", {"type": "FeatureCollection", "features": points}, schematic=True),
    ]
    places = schematic_places(layers, locator)
    assert sorted(place.name for place in places if place.kind != "number") == ["北环高架", "实验小学", "怀德路"]
    assert all(place.schematic for place in places)
    numbers = [place for place in places if place.kind == "number"]
    assert len(numbers) > 50
    assert {place.road for place in numbers} == {"怀德路"}
    assert all(locator.locate(place.lon, place.lat).placement == "inside" for place in numbers)
    assert all((place.lat > 31.80) == (place.number is not None and place.number % 2 == 1) for place in numbers)
    names = Gazetteer(places)
    for place in numbers:
        match = names.match(f"{place.name}门口", place.area)
        assert match is not None
        assert match.name == place.name
