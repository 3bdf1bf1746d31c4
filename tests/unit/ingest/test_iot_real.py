"""The real samples of others say what tests/expected holds, checked by hand against the files and the documents."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.config import Config, FeedConfig
from tests.iot import digest, expected, files, heard, told

FOLDERS = {"senml": ("senml", "*"), "ngsi": ("ngsi", "*"), "chirpstack": ("lorawan", "chirpstack4_*"), "ttn": ("lorawan", "ttn_*"),
           "sensorthings": ("sensorthings", "*")}  # fmt: skip


@pytest.mark.parametrize("form", FOLDERS)
def test_every_file_says_what_is_expected(config: Config, shared: Path, form: str) -> None:
    found = dict(files(shared, *FOLDERS[form]))
    assert found.keys() == expected(form).keys()
    for key, known in expected(form).items():
        assert told(heard(config, form, found[key])) == known["expected"], known["file"]


def test_sparkplug_births_say_what_is_expected(config: Config, shared: Path) -> None:
    found = dict(files(shared, "sparkplug", "*.bin"))
    topics = {key: json.loads(body)["topic"] for name in ("nbirth", "dbirth") for key, body in _pairs(shared, name)}
    assert found.keys() == expected("sparkplug").keys()
    for key, known in expected("sparkplug").items():
        assert told(heard(config, "sparkplug", found[key], topics[key])) == known["expected"], known["file"]


def _pairs(shared: Path, name: str) -> list[tuple[str, bytes]]:
    folder = shared / "iot" / "sparkplug"
    return [(digest((folder / f"{name}.bin").read_bytes()), (folder / f"{name}.json").read_bytes())]


def test_tasmota_messages_say_what_is_expected(config: Config, shared: Path) -> None:
    messages = json.loads((shared / "iot" / "tasmota" / "payloads.json").read_bytes())
    found = {digest(each): each for each in ({"topic": message["topic"], "payload": message["payload"]} for message in messages)}
    assert found.keys() == expected("tasmota").keys()
    for key, known in expected("tasmota").items():
        assert told(heard(config, "tasmota", found[key]["payload"], found[key]["topic"])) == known["expected"], known["file"]


def test_thingsboard_messages_say_what_is_expected(config: Config, shared: Path) -> None:
    feed = FeedConfig(kind="mqtt", format="thingsboard", columns={"me": "tb-1"})
    found = {digest(message): message for message in json.loads((shared / "iot" / "thingsboard" / "telemetry.json").read_bytes())}
    assert found.keys() == expected("thingsboard").keys()
    for key, known in expected("thingsboard").items():
        message = found[key]
        out = heard(config, "thingsboard", message.get("raw") or message["payload"], message["topic"], feed=feed)
        assert told(out) == known["expected"], known["file"]


@pytest.mark.parametrize("example", range(1, 6))
def test_a_pack_says_what_its_resolved_twin_says(config: Config, shared: Path, example: int) -> None:
    """The twins of examples 1 and 2 were made at 1498780179 s, their "now"."""
    made = datetime.fromtimestamp(1_498_780_179, UTC)
    folder = shared / "iot" / "senml"
    said, twin = (
        heard(config, "senml", (folder / f"rfc8428_ex{example}{end}").read_bytes(), now=made) for end in (".json", ".gen.resolved.json")
    )
    assert [(r.device, r.metric, r.value, r.observed_at or made) for _, r in said.readings] == [
        (r.device, r.metric, r.value, r.observed_at) for _, r in twin.readings
    ]


def test_the_hourly_air_of_dongsi_can_be_mapped(config: Config, shared: Path) -> None:
    """The first day of 2013-03-01: 24 rows of 6 quantities, CO in µg/m³ as mg/m³ by `factors` once the configuration has them."""
    quantities = {"pm25": "PM2.5", "pm10": "PM10", "so2": "SO2", "no2": "NO2", "co": "CO", "temperature": "TEMP"}
    columns = {"device": "station", "observed_at": "year+month+day+hour"} | quantities
    feed = FeedConfig(kind="http", format="mapped", columns=columns, time_format="%Y %m %d %H", timezone="Asia/Shanghai")
    lines = (shared / "timeseries" / "PRSA_Data_Dongsi_20130301-20170228.csv").read_bytes().splitlines(keepends=True)
    out = heard(config, "mapped", b"".join(lines[:25]), feed=feed)
    assert len(out.readings) == 24 * 6
    assert not out.rejected
    first = {r.metric: r.value for _, r in out.readings[:6]}
    assert first == {"pm25": 9.0, "pm10": 9.0, "so2": 3.0, "no2": 17.0, "co": 300.0, "temperature": -0.5}
    assert {(r.device, r.observed_at) for _, r in out.readings[:6]} == {("Dongsi", datetime(2013, 2, 28, 16, tzinfo=UTC))}
