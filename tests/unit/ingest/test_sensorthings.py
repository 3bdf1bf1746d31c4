"""Laws of OGC SensorThings: whose observation it is, in every shape it comes."""

from collections.abc import Callable
from typing import Any

import pytest

from core.config import Config, FeedConfig
from core.model import Position, Quality, Reason
from tests.iot import NOW, heard, refusals, values

Sample = Callable[[str, str], str]
FORM = "sensorthings"
STREAM = {"@iot.id": 1, "ObservedProperty": {"name": "Level"}, "Thing": {"name": "well 1"}}


def observation(**fields: Any) -> dict[str, Any]:
    return {"phenomenonTime": "2026-11-21T04:00:00Z", "result": 1.5} | fields


def test_the_sample_says_what_the_page_says(config: Config, sample: Sample) -> None:
    feed = FeedConfig(kind="http", format=FORM, columns={"12": "station-7/water_level"})
    out = heard(config, FORM, sample("sensorthings", "observations"), feed=feed)
    assert [(r.device, r.metric, r.value, r.observed_at and (r.observed_at - NOW).total_seconds()) for _, r in out.readings] == [
        ("gauge-3", "rain", 4.5, 0.0), ("station-7", "water_level", 2.25, 0.0), ("station-7", "water_level", None, 60.0),
    ]  # fmt: skip
    assert [reason for reason, _ in refusals(out)] == [Reason.UNKNOWN_DEVICE]


@pytest.mark.parametrize(
    "body",
    [
        observation(Datastream=STREAM),
        [observation(Datastream=STREAM)],
        {"value": [observation(Datastream=STREAM)]},
        STREAM | {"Observations": [observation()]},
    ],
)
def test_every_shape_says_the_same(config: Config, body: object) -> None:
    assert [(r.device, r.metric, r.value) for _, r in heard(config, FORM, body).readings] == [("well-1", "level", 1.5)]


@pytest.mark.parametrize(
    ("topic", "device"),
    [("v1.1/Datastreams(42)/Observations", "datastream-42"), ("v1.0/Datastreams('a b')/Observations", "datastream-a-b")],
)
def test_a_topic_names_the_datastream(config: Config, topic: str, device: str) -> None:
    assert [(r.device, r.metric) for _, r in heard(config, FORM, observation(), topic).readings] == [(device, "result")]


def test_a_thing_brings_its_place(config: Config) -> None:
    thing = {
        "name": "well 1",
        "Locations": [{"location": {"type": "Point", "coordinates": [119.95, 31.78]}}],
        "Datastreams": [{"name": "l", "Observations": [observation()]}],
    }
    assert heard(config, FORM, thing).hints["well-1"].position == Position(119.95, 31.78)


def test_results_with_parts_and_qualities_are_kept(config: Config) -> None:
    out = heard(config, FORM, observation(result=[1, {"b": 2}], resultQuality="suspect", Datastream=STREAM))
    assert [(r.metric, r.value, r.quality) for _, r in out.readings] == [
        ("level-1", 1.0, Quality.SUSPECT),
        ("level-2-b", 2.0, Quality.SUSPECT),
    ]


def test_the_time_of_the_result_stands_in_for_that_of_the_phenomenon(config: Config) -> None:
    assert (
        heard(config, FORM, observation(phenomenonTime=None, resultTime="2026-11-21T12:00:00", Datastream=STREAM))
        .readings[0][1]
        .observed_at
        == NOW
    )


@pytest.mark.parametrize(
    "body",
    [
        "7",
        "{}",
        "[]",
        '{"result": 1}',
        '{"Datastream": {}, "result": 1}',
        '{"Datastream": {"@iot.id": null}, "result": 1}',
        '{"Datastreams": [1]}',
    ],
)
def test_what_is_no_observation_is_refused_by_name(config: Config, body: str) -> None:
    out = heard(config, FORM, body)
    assert not values(out)
    assert len(out.rejected) == 1
