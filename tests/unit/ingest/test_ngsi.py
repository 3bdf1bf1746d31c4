"""Laws of NGSI: three forms of an attribute, times, places, reports."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from core.config import Config, FeedConfig
from core.model import Channel, Position, Quality, Reason
from tests.iot import NOW, heard, values

Sample = Callable[[str, str], str]
FORM = "ngsi"


def entity(**attributes: Any) -> dict[str, Any]:
    return {"id": "urn:ngsi-ld:Device:1", "type": "Device", "dateObserved": "2026-11-21T04:00:00Z"} | attributes


def test_the_sample_says_what_the_page_says(config: Config, sample: Sample) -> None:
    out = heard(config, FORM, sample("ngsi", "notification"))
    assert [(r.device, r.metric, r.value, r.text, r.observed_at) for _, r in out.readings] == [
        ("urn:ngsi-ld:AirQualityObserved:ypdemo-1", "pm25", 35.2, None, NOW),
        ("urn:ngsi-ld:AirQualityObserved:ypdemo-1", "airqualitylevel", None, "good", NOW - timedelta(minutes=1)),
        ("station-2", "laeq", 61.5, None, NOW),
    ]
    assert out.hints["urn:ngsi-ld:AirQualityObserved:ypdemo-1"].position == Position(119.95, 31.78)
    (_, report), = out.reports  # fmt: skip
    assert (report.external_id, report.channel, report.severity, report.title) == (
        "urn:ngsi-ld:Alert:9",
        Channel.TRANSFER,
        2,
        "物联平台告警:交通、交通拥堵",
    )
    assert (report.text, report.position, report.observed_at) == ("two lanes closed", Position(119.96, 31.79), NOW - timedelta(minutes=2))
    assert [(refused.reason, refused.device) for _, refused in out.rejected] == [(Reason.RANGE, "station-2")]


@pytest.mark.parametrize(
    "attribute",
    [35.2, {"value": 35.2}, {"value": 35.2, "type": "Number", "metadata": {}}, {"type": "Property", "value": 35.2}, [{"type": "Property", "value": 35.2}],
     {"value": {"@type": "Number", "@value": 35.2}}],
)  # fmt: skip
def test_every_form_of_an_attribute_says_the_same(config: Config, attribute: object) -> None:
    assert values(heard(config, FORM, entity(pm25=attribute))) == {"pm25": 35.2}


@pytest.mark.parametrize(
    "attribute",
    [{"value": 1, "observedAt": "2026-11-21T03:00:00Z"}, {"value": 1, "metadata": {"TimeInstant": {"type": "DateTime", "value": "2026-11-21T03:00:00Z"}}},
     {"value": 1, "metadata": {"timestamp": {"value": "2026-11-21T11:00:00"}}}],
)  # fmt: skip
def test_an_attribute_knows_its_own_time_best(config: Config, attribute: object) -> None:
    assert heard(config, FORM, entity(a=attribute)).readings[0][1].observed_at == NOW - timedelta(hours=1)


@pytest.mark.parametrize(
    "wrap",
    [lambda e: e, lambda e: [e], lambda e: {"data": [e]}, lambda e: {"subscriptionId": "x", "data": [e]}, lambda e: {"entities": [e]}],
)
def test_an_entity_may_come_alone_in_lists_and_in_notifications(config: Config, wrap: Callable[[object], object]) -> None:
    assert values(heard(config, FORM, wrap(entity(a=1)))) == {"a": 1.0}


def test_expanded_names_are_shortened_and_instances_told_apart(config: Config) -> None:
    instances = [{"value": 1, "datasetId": "urn:ngsi-ld:dataset:roof"}, {"value": 2}]
    out = heard(config, FORM, entity(**{"https://uri.etsi.org/ngsi-ld/default-context/temperature": instances}))
    assert values(out) == {"temperature-roof": 1.0, "temperature": 2.0}


def test_places_relations_lists_times_and_plates_are_no_values(config: Config) -> None:
    nothing = {
        "refDevice": "urn:x", "owner": ["a"], "where": {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [1, 2]}}, "lastCheck": {"type": "DateTime", "value": "2026-11-21T00:00:00Z"},
        "isPartOf": {"type": "Relationship", "object": "urn:x"}, "licensePlate": "苏D12345", "serialNumber": "9", "title": {"type": "LanguageProperty", "languageMap": {"zh": "x"}},
        "seen": {"licensePlate": {"identifier": "苏D12345", "confidence": 0.9}},
    }  # fmt: skip
    out = heard(config, FORM, entity(a=1, **nothing))
    assert values(out) == {"a": 1.0, "seen-licenseplate-confidence": 0.9}
    assert "苏D12345" not in str(out.readings)


def test_a_measurement_is_called_by_what_it_controls(config: Config) -> None:
    out = heard(config, FORM, entity(controlledProperty="humidity", numValue=55.2, outlier=True, unit="P1"))
    assert [(r.metric, r.value, r.quality) for _, r in out.readings] == [("humidity", 55.2, Quality.SUSPECT)]


def test_null_is_missing(config: Config) -> None:
    out = heard(config, FORM, entity(a=None, b={"value": None, "type": "Number"}))
    assert [(r.metric, r.quality) for _, r in out.readings] == [("a", Quality.MISSING), ("b", Quality.MISSING)]


@pytest.mark.parametrize(
    "location",
    [{"type": "Point", "coordinates": [119.95, 31.78, 3]}, {"type": "geo:point", "value": "31.78, 119.95"}, {"type": "geo:json", "value": {"type": "Point", "coordinates": [119.95, 31.78]}},
     {"type": "LineString", "coordinates": [[1, 1], [119.95, 31.78], [2, 2]]}],
)  # fmt: skip
def test_points_and_lines_place_the_device(config: Config, location: object) -> None:
    assert heard(config, FORM, entity(a=1, location=location)).hints["urn:ngsi-ld:Device:1"].position == Position(119.95, 31.78)


def test_a_city_gives_its_classes_to_alerts(config: Config) -> None:
    feed = FeedConfig(kind="http", format=FORM, classes={"flood": "0502"})
    alert = {"id": "a", "type": "WeatherAlert", "category": "weather", "subCategory": "flood", "severity": "critical", "status": "solved"}
    (_, report), = heard(config, FORM, alert, feed=feed).reports  # fmt: skip
    assert (report.class_code, report.channel, report.severity, report.ended) == ("0502", Channel.WEATHER, 1, True)
    assert (report.observed_at, report.extra["without_time"]) == (NOW, True)


@pytest.mark.parametrize(
    "body",
    [
        "[]",
        "7",
        "{}",
        '{"id": 1, "type": "x"}',
        '{"id": "x"}',
        '{"id":"","type":"x","a":1}',
        '{"id":"a","type":"x"}',
        '{"id":"a","type":[],"b":1}',
    ],
)
def test_what_is_no_entity_is_refused_by_name(config: Config, body: str) -> None:
    out = heard(config, FORM, body)
    assert not out.readings
    assert len(out.rejected) == 1
