"""Packets of real stations (never copied here): each found by its hash, compared with what was read from it by hand."""

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from core.config import Config
from core.model import Decoded, Frame, Reason
from ingest.decode import decode
from ingest.decode.hj212_packet import checksum, parse

EXPECTED = Path(__file__).resolve().parents[2] / "expected" / "hj212.json"
MODBUS = {"repo_31_2011_a6ec", "repo_31_2011_7865", "repo_31_2051_0681"}


@pytest.fixture
def expected() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(EXPECTED.read_text(encoding="utf-8"))
    return loaded


def read(config: Config, now: datetime, text: str) -> Decoded:
    return decode([Frame("hj212", text.encode(), now)], {}, config)


def told(decoded: Decoded) -> dict[str, Any]:
    devices = {reading.device for _, reading in decoded.readings} | set(decoded.hints)
    return {
        "device": ", ".join(devices),
        "answer": parse(decoded.answers[0].payload).fields["CN"] if decoded.answers else None,
        "readings": [
            [r.metric, r.value, r.observed_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if r.observed_at else None, r.quality.value]
            for _, r in decoded.readings
        ],
    }


def test_every_packet_of_others_says_what_was_read_by_hand(config: Config, now: datetime, shared: Path, expected: dict[str, Any]) -> None:
    found = set()
    for file in sorted({entry["file"] for entry in expected.values()}):
        for line in (shared / file).read_bytes().splitlines():
            key = hashlib.sha256(line).hexdigest()
            frame = json.loads(line)["frame"]
            decoded = read(config, now, frame)
            assert told(decoded) == expected[key]["expected"], frame
            assert not decoded.rejected
            found.add(key)
    assert found == set(expected)
    assert len(found) == 16


def test_packets_with_a_wrong_checksum_are_kept_as_rejected_and_modbus_is_named(config: Config, now: datetime, shared: Path) -> None:
    book = yaml.safe_load((shared.parent / "reference" / "hj212_frames.yaml").read_text(encoding="utf-8"))
    assert len(book["frames"]) == 34
    for frame in book["frames"]:
        decoded = read(config, now, frame["frame"])
        raw = frame["frame"].strip().encode()
        assert [(refused.reason, refused.raw) for _, refused in decoded.rejected] == (
            [] if frame["crc_ok"] else [(Reason.CHECKSUM, raw)]
        ), frame["name"]
        assert not frame["crc_ok"] or (parse(raw).fields.get("MN") == frame["fields"]["MN"])
        for _, refused in decoded.rejected:
            assert ("Modbus" in refused.detail) == (frame["name"] in MODBUS)


def test_every_command_segment_of_appendix_c_is_read(config: Config, now: datetime, shared: Path) -> None:
    """53 CPs of the 2017 text; the one misprint in it (`01018-Rtd` for `w01018-Rtd`) is a code of its own."""
    book = yaml.safe_load((shared.parent / "reference" / "hj212_frames.yaml").read_text(encoding="utf-8"))
    for row in book["commands_appendix_c"]:
        data = f"QN=20160801085857223;ST={row['st']};CN={row['cn']};PW=123456;MN=010000A8900016F000169DC0;Flag={row['flag']};CP=&&{row['cp']}&&"
        decoded = read(config, now, f"##{len(data.encode()):04}{data}{checksum(data.encode()):04X}")
        assert not decoded.rejected, row
        wants = bool(int(row["flag"]) & 1) and row["cn"] not in ("9011", "9012", "9013", "9014")
        assert len(decoded.answers) == wants, row
