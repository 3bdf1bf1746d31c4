"""The drawn layers: valid, marked, fitted, the same from the same seed."""

import json

import pytest
import shapely
from shapely.geometry import shape

from geodata.boundary import district_boundary, urban_centre
from geodata.layers import demo_layers
from geodata.model import City, Layer


@pytest.fixture(scope="module")
def layers(zhonglou: City) -> dict[str, Layer]:
    made = demo_layers(district_boundary("320404")[1], urban_centre("320404"), zhonglou.areas)
    return {layer.name: layer for layer in made}


def test_every_feature_is_valid_marked_schematic_and_plain_json(layers: dict[str, Layer]) -> None:
    assert set(layers) == {"water", "roads", "places"}
    for layer in layers.values():
        features = json.loads(json.dumps(layer.collection))["features"]
        assert features
        assert all(feature["properties"]["schematic"] is True for feature in features)
        assert all(shape(feature["geometry"]).is_valid and not shape(feature["geometry"]).is_empty for feature in features)


def test_features_carry_the_properties_of_the_contract(layers: dict[str, Layer]) -> None:
    assert {f["properties"]["class"] for f in layers["roads"].collection["features"]} == {1, 2, 3}
    assert {f["properties"]["kind"] for f in layers["water"].collection["features"]} == {"river", "lake"}
    assert {"government", "hospital", "station", "school"} <= {f["properties"]["kind"] for f in layers["places"].collection["features"]}
    assert all(f["properties"]["name"] for f in layers["roads"].collection["features"] if f["properties"]["class"] < 3)


def test_the_canal_crosses_the_district_and_roads_leave_it_on_all_sides(layers: dict[str, Layer]) -> None:
    boundary = district_boundary("320404")[1]
    canal = shape(layers["water"].collection["features"][0]["geometry"])
    assert canal.intersects(boundary)
    assert not boundary.contains(canal)
    west, south, east, north = boundary.bounds
    w, s, e, n = shapely.total_bounds([shape(f["geometry"]) for f in layers["roads"].collection["features"]])
    assert w < west
    assert s < south
    assert e > east
    assert n > north


def test_places_lie_in_the_district_and_on_dry_land(layers: dict[str, Layer]) -> None:
    boundary = district_boundary("320404")[1]
    water = shapely.union_all([shape(f["geometry"]) for f in layers["water"].collection["features"]])
    for feature in layers["places"].collection["features"]:
        point = shape(feature["geometry"])
        assert boundary.contains(point)
        assert feature["properties"]["kind"] == "park" or not water.contains(point)


def test_the_same_seed_draws_the_same_map(layers: dict[str, Layer], zhonglou: City) -> None:
    again = demo_layers(district_boundary("320404")[1], urban_centre("320404"), zhonglou.areas)
    assert json.dumps([layer.collection for layer in again]) == json.dumps([layer.collection for layer in layers.values()])
