"""What frames should have left in the database, kept frame by frame as the store keeps it: the first value stands, another is a conflict.

Decides nothing about decoding: it is told what each frame says, from tests/expected or from a decoder proven elsewhere.
"""

import json
import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import psycopg

from core.config import Config
from core.errors import DecodeError
from core.model import QUALITY_OF_CODE, Decoded, Frame
from ingest.decode import decode, further_keys, wire_keys
from ingest.photos import read_photo
from tests.iot import EXPECTED, NOW, _word, told
from tests.wires import Good

MOMENT = timedelta(hours=1)  # an expectation so near to its tests' present was counted from the time of receipt
FUTURE = timedelta(minutes=5)
CLOCK = "clock"  # of SL 651: how far a station is ahead of the time of receipt, which only the receipt knows
# What the decoders read and the city's own limits and kinds refuse, by name: nothing else may be missing.
NOT_ADMITTED = {
    ("Madrid-AmbientObserved-28079004", "co"): "range",  # 500 where the city's unit is mg/m³, at most 200
    ("gw-1-b", "temperature"): "type",  # "NaN?" in our own sample
}

Key = tuple[str, str, datetime]
Row = tuple[Any, ...]


def expectations() -> dict[str, dict[str, Any]]:
    """tests/expected by format."""
    return {file.stem: json.loads(file.read_text(encoding="utf-8")) for file in EXPECTED.glob("*.json")}


def shape(form: str, expected: Any) -> dict[str, Any]:
    """The words of each file of tests/expected as those of `tests.iot.told`."""
    if isinstance(expected, list):
        return {"reports": expected}
    if form not in ("hj212", "sl651"):
        pairs = [each if isinstance(each, dict) else {"device": each[0], "online": each[1]} for each in expected.get("presences", [])]
        return {**expected, "presences": pairs}
    rows = [[expected["device"], *row] for row in expected["readings"]] if form == "hj212" else expected.get("readings", [])
    names = ("device", "metric", "value", "observed_at", "quality", "text")
    more: dict[str, Any] = {"pictures": expected.get("pictures", [])} if form == "sl651" else {}
    more |= {"presences": [{"device": device, "online": True} for device in expected.get("presences", [])]}
    return more | {"readings": [dict(zip(names, row, strict=False)) for row in rows], "rejected": expected.get("rejected", [])}


def items(expected: dict[str, Any]) -> int:
    """How many things a frame says: each is accepted, a duplicate or refused."""
    return sum(len(expected.get(name, [])) for name in ("readings", "reports", "rejected", "pictures"))


class Reader:
    """Our samples read without a wire, at the present; memory goes from frame to frame."""

    def __init__(self, config: Config, now: datetime) -> None:
        self._config, self._now, self._memory = config, now, dict[tuple[str, str], bytes]()

    def __call__(self, good: Good) -> dict[str, Any]:
        frames = [Frame(good.feed, good.payload, self._now, good.topic)]
        known = {key: self._memory[key] for key in wire_keys(frames, self._config) if key in self._memory}
        known |= {key: self._memory[key] for key in further_keys(frames, known, self._config) if key in self._memory}
        out = decode(frames, known, self._config)
        self._memory |= out.memory
        return told(out) | self._pictures(out)

    def _pictures(self, out: Decoded) -> dict[str, Any]:
        """Those of devices; of a report only what cannot be unpacked is told of."""
        refused = [str(refused.reason) for _, refused in out.rejected]
        for _, picture in out.pictures:
            try:
                read_photo(picture.content, self._config.area.zone)
            except DecodeError as problem:
                refused.append(str(problem.reason))
        return {"rejected": refused}


@dataclass
class Ledger:
    """`rows` by key, `timeless` those that carry the time of receipt, reports by feed and id, refusals by feed and reason."""

    now: datetime
    rows: dict[Key, Row] = field(default_factory=dict)
    timeless: Counter[Row] = field(default_factory=Counter)
    clocks: Counter[str] = field(default_factory=Counter)
    reports: dict[tuple[str, str], list[dict[str, Any]]] = field(default_factory=dict)
    presences: dict[str, bool] = field(default_factory=dict)
    pictures: set[tuple[str, str, str]] = field(default_factory=set)
    refused: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, feed: str, expected: dict[str, Any], *, ours: bool = False) -> None:
        """One frame more. `ours`: a sample of a page, whose times are near the tests' present and are meant so."""
        for each in expected.get("readings", []):
            self._reading(feed, each, ours)
        for each in expected.get("reports", []):
            # A Dahua stream names no camera: the feed's name stands for it, and the time of receipt where it has none.
            name = (
                each["external_id"]
                if ours
                else re.sub(r"20261121T0400\d\dZ$", "", re.sub(r"^cam-(?=\d+/)", f"{feed}-", each["external_id"]))
            )
            self.reports.setdefault((feed, name), []).append(each)
        self.presences |= {each["device"]: each["online"] for each in expected.get("presences", [])}
        self.refused.update((feed, reason) for reason in expected.get("rejected", []))
        self.pictures |= {(device, at, sha256) for device, at, _, sha256 in expected.get("pictures", [])}

    def _reading(self, feed: str, each: dict[str, Any], ours: bool) -> None:
        device, metric, text = each["device"], each["metric"], each.get("text")
        if metric == CLOCK:
            self.clocks[feed] += 1
            return
        word = text if text is None or text.startswith("sha256:") else _word(text)
        at = datetime.fromisoformat(each["observed_at"]) if each["observed_at"] else None
        row = (each["value"], word, each["quality"])
        if (reason := NOT_ADMITTED.get((device, metric))) and (reason != "type" or word is not None):
            self.refused[feed, reason] += 1
            return
        if at is None or (not ours and abs(at - NOW) < MOMENT):
            self.timeless[device, metric, *row] += 1
        elif at > self.now + FUTURE:
            self.refused[feed, "clock"] += 1
        elif self.rows.setdefault((device, metric, at), row)[:2] != row[:2]:
            self.refused[feed, "conflict"] += 1

    def check_rows(self, database: psycopg.Connection[dict[str, Any]]) -> int:
        """Every row of the database is an expected one and none is missing; how many there are."""
        query = "select device, metric, observed_at, value, text, quality from readings join devices using (device_id) join metrics using (metric_id)"
        rows, timeless, clocks = dict[Key, Row](), Counter[Row](), 0
        every = database.execute(query).fetchall()
        for row in every:
            key = (row["device"], row["metric"], row["observed_at"])
            value = (row["value"], row["text"] and _word(row["text"]), QUALITY_OF_CODE[row["quality"]].value)
            if row["metric"] == CLOCK:
                clocks += 1
            elif key in self.rows:
                rows[key] = value
            else:
                assert row["observed_at"] > self.now - MOMENT, f"{key} was never sent"
                timeless[row["device"], row["metric"], *value] += 1
        assert rows == self.rows
        assert timeless == self.timeless
        spoilt = database.execute("select count(*) n from rejected where reason = 'conflict' and detail like 'clock of %'").fetchone()
        assert spoilt
        assert clocks + spoilt["n"] == self.clocks.total()  # two of a station in one moment
        return len(every)

    def check_reports(self, database: psycopg.Connection[dict[str, Any]], sources: dict[str, str]) -> None:
        """The reports of all feeds but the long tables: of several messages about one the store decides which says what.

        `sources`: feeds whose reports name another source.
        """
        query = "select source, external_id, title, observed_at, ended_at is not null as ended, severity, history, received_at from reports"
        found = {(row["source"], re.sub(r"20\d{6}T\d{6}Z$", "", row["external_id"])): row for row in database.execute(query)}
        for (feed, name), said in self.reports.items():
            row = found.get((sources.get(feed, feed), re.sub(r"20\d{6}T\d{6}Z$", "", name)))
            assert row, (feed, name)
            times = [datetime.fromisoformat(each["observed_at"]) for each in said]
            timeless = row["observed_at"] > self.now - MOMENT and any(abs(at - NOW) < MOMENT for at in times)
            assert row["observed_at"] in times or timeless, said
            assert row["title"] in {each["title"] for each in said}, said
            severities = {each["severity"] for each in said if each.get("severity")}
            assert not severities or row["severity"] in severities, said
            ends = [each["ended"] for each in said if "ended" in each]
            assert not ends or row["ended"] == any(ends), said
            assert row["history"] == (row["observed_at"] < row["received_at"] - timedelta(hours=24)), said

    def check_refusals(self, database: psycopg.Connection[dict[str, Any]]) -> None:
        query = "select feed, reason, count(*) n from rejected where detail not like 'clock of %' group by feed, reason"
        found = {(row["feed"], row["reason"]): row["n"] for row in database.execute(query)}
        assert found == {key: count for key, count in self.refused.items() if count}

    def check_pictures(self, database: psycopg.Connection[dict[str, Any]]) -> None:
        """Of devices: one each, whichever wires it came over, at its time."""
        rows = database.execute("select device, taken_at from media join devices using (device_id)").fetchall()
        assert Counter((row["device"], row["taken_at"]) for row in rows) == Counter(
            (device, datetime.fromisoformat(at)) for device, at, _ in self.pictures
        )

    def check_presences(self, database: psycopg.Connection[dict[str, Any]]) -> int:
        """Devices that have told whether they are there: those that the registry knows by their values."""
        found = {
            row["device"]: row["presence"] for row in database.execute("select device, presence from devices where presence <> 'unknown'")
        }
        wanted = {device: "online" if online else "offline" for device, online in self.presences.items()}
        assert {device: word for device, word in found.items() if wanted.get(device) != word} == {}
        return len(found)
