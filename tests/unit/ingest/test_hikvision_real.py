"""Real alerts of Hikvision cameras and recorders: what they became was checked by hand against each file."""

from datetime import datetime
from pathlib import Path

import pytest

from core.config import Config
from ingest.decode.hikvision import decode, wire_keys
from tests.video_source import Wire, expected, find, told

CASES = expected("hikvision")


@pytest.mark.parametrize("digest", CASES, ids=[case["file"].rpartition("/")[2] for case in CASES.values()])
def test_a_real_alert_says_what_was_checked(config: Config, now: datetime, shared: Path, digest: str) -> None:
    wire = Wire(config, now, decode, wire_keys)
    assert told(wire(find(shared, "video/hikvision", digest))) == CASES[digest]["expected"]
