"""Every wire with its good frames: the samples of docs/protocols and the real files of others, and a city in which all feeds are on.

Decides which feed and topic each of them is sent under. Sends nothing and expects nothing.
"""

import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import yaml
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from ingest.decode.formats import FORMATS
from tests.iot import digest
from tests.unit.ingest.test_dahua_real import examples
from tests.unit.ingest.test_hotline_ticket_real import COLUMNS
from tests.unit.ingest.test_sl651_real import frames as sl651_frames

ROOT = Path(__file__).resolve().parents[1]
PAGES = ROOT / "docs" / "protocols"
CITIZEN = {"nyc311_2022-05-01_0h_924.csv": "nyc311", "nyc311_2025_235.csv": "nyc311", "sf311_10k.csv": "sf311"}
EVENTS = ("up", "status", "join", "ack", "txack", "log", "location", "integration")  # of the ChirpStack files 0 … 7
SAMPLES = {  # format: page and sample, and the topic where the wire has one
    "native": [("native", "telemetry", "city/320404001/environment/pole-1/telemetry"), ("native", "gateway", "city/320404001/gateway/gw-1/telemetry"),
               ("native", "report", "city/320404001/report/collector")],
    "reports": [("native", "report", "")],
    "hj212": [("hj212", name, "") for name in ("realtime", "edition2005", "part1", "part2", "resent")],
    "sl651": [("sl651", name, "") for name in ("timed", "hourly", "manual", "ascii", "part1", "part2")],
    "ai-events": [("ai-events", "body", "")],
    "dahua": [("dahua", "stream", "")],
    "frigate": [("frigate", "event", "frigate/events")],
    "gat1400": [("gat1400", "notification", "")],
    "gb28181": [("gb28181", "alarm", ""), ("gb28181", "keepalive", "")],
    "hikvision": [("hikvision", "alert", ""), ("hikvision", "platform", "")],
    "onvif": [("onvif", "notify", "")],
    "chirpstack": [("chirpstack", "up", "application/drains/device/a84041000181c0de/event/up")],
    "mapped": [("mapped", "table", ""), ("mapped", "nested", "meters/m-7/up")],
    "homeassistant": [("homeassistant", "messages", "")],
    "ngsi": [("ngsi", "notification", "")],
    "senml": [("senml", "pack", "senml/gateway")],
    "sensorthings": [("sensorthings", "observations", "")],
    "sparkplug": [("sparkplug", "dbirth", "spBv1.0/Water/DBIRTH/edge-3/pump 2"), ("sparkplug", "ddata", "spBv1.0/Water/DDATA/edge-3/pump 2")],
    "tasmota": [("tasmota", "messages", "")],
    "thingsboard": [("thingsboard", "messages", "")],
    "ttn": [("ttn", "up", "v3/bins@city/devices/bin-17/up")],
    "zigbee2mqtt": [("zigbee2mqtt", "messages", "")],
    "cap": [("cap", "alert", "")],
    "hotline-csv": [("hotline-csv", "tickets", "")],
    "hotline-ticket": [("hotline-ticket", "ticket", "")],
    "weather": [("weather", name, "") for name in ("issued", "raised", "released")],
}  # fmt: skip
# Their sample is a list of topics and payloads: each goes its own way.
MESSAGES = ("homeassistant", "tasmota", "thingsboard", "zigbee2mqtt")
READINGS = [{"device": "pole-2", "metric": "pm25", "value": 35.5, "observed_at": "2026-11-21T12:00:00+08:00"},
            {"device": "pole-2", "metric": "noise", "value": 61, "observed_at": "2026-11-21T12:00:00+08:00", "quality": "N"}]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Good:
    """A frame somebody's device sends. `key` is the name of its expectation in tests/expected, '' for a sample of ours."""

    form: str
    feed: str
    payload: bytes
    topic: str = ""
    file: str = ""
    key: str = ""


def sample(page: str, name: str) -> str:
    """The fenced block of a protocol page that follows `<!-- sample: name -->`."""
    text = (PAGES / f"{page}.md").read_text(encoding="utf-8")
    found = re.search(rf"<!-- sample: {name} -->\n```\w*\n(.*?)\n```", text, re.DOTALL)
    assert found, f"{page}.md has no sample '{name}'"
    return found[1]


def every_feed() -> dict[str, Any]:
    """`config.yaml` with a feed for every format beside those it has."""
    config: dict[str, Any] = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))
    topics = {
        "chirpstack": ["application/+/device/+/event/+"], "homeassistant": ["homeassistant/+/+/config", "homeassistant/+/+/+/config", "z2m/#", "depot/#"],
        "senml": ["senml/+"], "sensorthings": ["v1.1/+/Observations"], "ttn": ["v3/+/devices/+/up"],
        "sparkplug": [f"spBv1.0/+/{kind}/+{end}" for kind, end in (("NBIRTH", ""), ("NDATA", ""), ("NDEATH", ""), ("DBIRTH", "/+"), ("DDATA", "/+"), ("DDEATH", "/+"))],
        "tasmota": ["tele/#"], "thingsboard": ["v1/gateway/+", "v1/devices/+/+"], "zigbee2mqtt": ["zigbee2mqtt/#"],
    }  # fmt: skip
    feeds: dict[str, Any] = {form: {"kind": "mqtt", "format": form, "topics": filters} for form, filters in topics.items()}
    posted = ("dahua", "gat1400", "gb28181", "hikvision", "onvif", "ngsi", "cap", "weather", "hotline-ticket", "hotline-sheet")
    feeds |= {form: {"kind": "http", "format": form} for form in posted}
    feeds["tai-an"] = {"kind": "http", "format": "hotline-ticket", "columns": COLUMNS}
    page = (PAGES / "ai-events.md").read_text(encoding="utf-8").partition("```yaml\n")[2].partition("```")[0]
    feeds["ai-events"] = yaml.safe_load(page)["feeds"]["algorithm-box"]
    feeds["mapped"] = yaml.safe_load(sample("mapped", "feed"))
    feeds["meters"] = yaml.safe_load(sample("mapped", "nested feed"))
    feeds["thingsboard"] |= {"columns": {"me": "tb-1"}, "past": "36500d"}  # one real message is of the year 1970
    feeds["cap"]["past"] = "36500d"  # and one warning of 2003
    config["feeds"] |= feeds
    config["feeds"]["frigate"]["topics"] = ["frigate/#"]  # also what the format refuses
    assert {feed["format"] for feed in config["feeds"].values()} == FORMATS.keys()
    return config


def samples() -> list[Good]:
    """What our pages show: at least one good frame of every format."""
    feeds = {feed["format"]: name for name, feed in reversed(every_feed()["feeds"].items())}
    found = [
        Good(form, "meters" if topic.startswith("meters") else feeds[form], _bytes(form, sample(page, name)), topic, f"{page}.md#{name}")
        for form, entries in SAMPLES.items()
        for page, name, topic in entries
    ]
    found += [one for form in MESSAGES for one in _messages(form, feeds[form])]
    found.append(Good("readings", "http-readings", json.dumps({"readings": READINGS}).encode(), "", "api.md"))
    found.append(Good("hotline-sheet", "hotline-sheet", _sheet(), "", "hotline-ticket.md#ticket as .xlsx"))
    assert {one.form for one in found} == FORMATS.keys()
    twin = next(one for one in found if one.form == "reports")  # the same report from elsewhere would be another one
    found[found.index(twin)] = replace(twin, payload=twin.payload.replace(b"P-7", b"P-8"))
    return [one for one in found if not (one.form in MESSAGES and not one.topic)]


def _bytes(form: str, text: str) -> bytes:
    """The sample as it goes over the wire."""
    return bytes.fromhex(text) if form in ("sparkplug", "sl651") else text.encode()


def _messages(form: str, feed: str) -> Iterator[Good]:
    for number, message in enumerate(json.loads(sample(form, "messages"))):
        yield Good(form, feed, _text(message["payload"]), message["topic"], f"{form}.md#messages[{number}]")


@cache
def _sheet() -> bytes:
    """The tickets of the page as a workbook."""
    rows = json.loads(sample("hotline-ticket", "ticket"))["data"]["rows"]
    heads = list(dict.fromkeys(name for row in rows for name in row))
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.append(heads)
    for row in rows:
        sheet.append([row.get(name) for name in heads])
    whole = io.BytesIO()
    book.save(whole)
    return whole.getvalue()


def real(shared: Path) -> list[Good]:
    """Every frame in the files of others that some format reads; those for which nothing is expected have no key."""
    return [*_stations(shared), *_video(shared), *_things(shared), *_words(shared)]


def _stations(shared: Path) -> Iterator[Good]:
    for line in (shared / "hj212" / "frames_good.jsonl").read_bytes().splitlines():
        yield Good("hj212", "hj212", json.loads(line)["frame"].encode() + b"\r\n", "", "hj212/frames_good.jsonl", sha256(line).hexdigest())
    for raw in sl651_frames(shared):
        yield Good("sl651", "sl651", raw, "", "sl651", digest(raw))


def _video(shared: Path) -> Iterator[Good]:
    for form in ("dahua", "hikvision"):
        for path in sorted((shared / "video" / form).iterdir()):
            body = path.read_bytes()
            if path.name == "stream_examples.txt":
                for part in examples(body.decode()):
                    yield Good(form, form, part, "", f"video/dahua/{path.name}#", digest(part))
            yield Good(form, form, body, "", f"video/{form}/{path.name}", "" if path.suffix == ".txt" else digest(body))
    topics = ("events", *["tracked_object_update"] * 5, "reviews", "triggers")
    for topic, path in zip(topics, sorted((shared / "video" / "frigate").iterdir()), strict=True):
        yield Good("frigate", "frigate", path.read_bytes(), f"frigate/{topic}", f"video/frigate/{path.name}", digest(path.read_bytes()))


def _things(shared: Path) -> Iterator[Good]:
    iot = shared / "iot"
    for path in sorted((iot / "lorawan").iterdir()):
        body, number = path.read_bytes(), path.stem[-1]
        chirp = path.name.startswith("chirpstack")
        topic = f"application/a/device/d/event/{EVENTS[int(number)]}" if chirp else "v3/app1@tenant1/devices/dev1/up"
        form = "chirpstack" if chirp else "ttn"
        yield Good(form, form, body, topic, f"iot/lorawan/{path.name}", digest(body))
    for form, topic in (("ngsi", ""), ("senml", "senml/rfc8428"), ("sensorthings", "")):
        for path in sorted((iot / form).iterdir()):
            yield Good(form, form, path.read_bytes(), topic, f"iot/{form}/{path.name}", digest(path.read_bytes()))
    for name in ("nbirth", "dbirth"):
        body, told = ((iot / "sparkplug" / f"{name}.{end}").read_bytes() for end in ("bin", "json"))
        yield Good("sparkplug", "sparkplug", body, json.loads(told)["topic"], f"iot/sparkplug/{name}.bin", digest(body))
    for place, message in enumerate(json.loads((iot / "tasmota" / "payloads.json").read_bytes())):
        said = {"topic": message["topic"], "payload": message["payload"]}
        yield Good("tasmota", "tasmota", _text(said["payload"]), said["topic"], f"iot/tasmota/payloads.json[{place}]", digest(said))
    for place, message in enumerate(json.loads((iot / "thingsboard" / "telemetry.json").read_bytes())):
        payload = _text(message.get("raw") or message["payload"])
        yield Good("thingsboard", "thingsboard", payload, message["topic"], f"iot/thingsboard/telemetry.json[{place}]", digest(message))


def _text(payload: Any) -> bytes:
    """A message as the broker is given it: words as they are, all else as JSON."""
    return (payload if isinstance(payload, str) else json.dumps(payload, ensure_ascii=False)).encode()


def _words(shared: Path) -> Iterator[Good]:
    for folder, form in (("cap", "cap"), ("weather_warnings", "weather")):
        for path in sorted((shared / folder).iterdir()):
            yield Good(form, form, path.read_bytes(), "", f"{folder}/{path.name}", digest(path.read_bytes()))
    for path in sorted((shared / "citizen").iterdir()):
        if path.suffix == ".json":
            yield Good("hotline-ticket", "tai-an", path.read_bytes(), "", f"citizen/{path.name}", digest(path.read_bytes()))
        else:
            yield Good("hotline-csv", CITIZEN.get(path.name, "hotline-csv"), path.read_bytes(), "", f"citizen/{path.name}")


def small(good: Good, rows: int = 4) -> Good:
    """The same frame, of a long table only its first rows: a mutation costs as much as what it changes."""
    if len(good.payload) < 20_000:
        return good
    return replace(good, payload=b"".join(good.payload.splitlines(keepends=True)[: rows + 1]))
