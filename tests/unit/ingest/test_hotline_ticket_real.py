"""The workflow export of a real 12345 system: one ticket and the stages it went through."""

import hashlib
import json
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from core.config import Config, FeedConfig
from core.model import Decoded, Frame
from ingest.decode import hotline_ticket
from ingest.decode.source import Source

EXPECTED: dict[str, dict[str, Any]] = json.loads(
    (Path(__file__).parents[2] / "expected" / "hotline-ticket.json").read_text(encoding="utf-8")
)
COLUMNS = {
    "external_id": "dispose_payload.record_number", "steps": "sub_act", "step": "ps_caption", "step_at": "date", "step_unit": "di_title",
    "step_state": "payroll_resulttmp", "reached": "dispose_payload.note3", "solved": "dispose_payload.note6",
}  # fmt: skip


@pytest.mark.parametrize("digest", EXPECTED)
def test_the_ticket_says_what_was_checked_by_hand(config: Config, now: datetime, shared: Path, digest: str) -> None:
    body = (shared / EXPECTED[digest]["file"]).read_bytes()
    assert hashlib.sha256(body).hexdigest() == digest
    feed = FeedConfig(kind="http", format="hotline-ticket", columns=COLUMNS)
    out = Decoded(frames=[Frame("city", body, now)])
    hotline_ticket.decode(0, out.frames[0], Source("city", feed, config, ZoneInfo("Asia/Shanghai")), {}, out)
    ((_, report),) = out.reports
    (expected,) = EXPECTED[digest]["expected"]
    assert (report.external_id, report.title, report.ended) == (expected["external_id"], expected["title"], expected["ended"])
    assert report.observed_at.isoformat() == expected["observed_at"]
    assert [step["step"] for step in report.extra["steps"]] == expected["extra"]["steps"]
    assert all(report.extra[name] == expected["extra"][name] for name in ("reached", "solved", "ended_at"))
