"""Real messages of Frigate: two become reports, six say nothing that may be kept."""

from datetime import datetime
from pathlib import Path

import pytest

from core.config import Config
from ingest.decode.frigate import decode
from tests.video_source import Wire, expected, find, told

CASES = expected("frigate")


@pytest.mark.parametrize("digest", CASES, ids=[case["file"].rpartition("/")[2] for case in CASES.values()])
def test_a_real_message_says_what_was_checked(config: Config, now: datetime, shared: Path, digest: str) -> None:
    out = Wire(config, now, decode)(find(shared, "video/frigate", digest))
    assert told(out) == CASES[digest]["expected"]
    assert all(refused.raw == b"" for _, refused in out.rejected)  # they name people and plates
