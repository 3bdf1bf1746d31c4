"""Real events of Dahua cameras. One file is a message; the other is source code with examples in its comment, cut out here."""

import ast
import json
import re
from datetime import datetime
from hashlib import sha256
from pathlib import Path

import pytest

from core.config import Config
from core.errors import DecodeError
from core.model import Reason
from ingest.decode.dahua import decode, wire_keys
from tests.video_source import Wire, expected, find, told

CASES = expected("dahua")
WHOLE = [digest for digest, case in CASES.items() if case["file"].endswith(".json")]


def examples(text: str) -> list[bytes]:
    """The frames in the comment: bytes literals that follow each other, then dictionaries, one each."""
    literals = re.findall(r"^\s*(b'.*')\s*$", text, re.MULTILINE)
    stream = b"".join(ast.literal_eval(literal) for literal in literals)
    dictionaries = re.findall(r"\{\s*'name'[^\n]*\}(?:\n\s*\})?", text)
    return [stream, *(json.dumps(ast.literal_eval(each)).encode() for each in dictionaries)]


@pytest.mark.parametrize("digest", WHOLE)
def test_a_real_event_says_what_was_checked(config: Config, now: datetime, shared: Path, digest: str) -> None:
    wire = Wire(config, now, decode, wire_keys)
    assert told(wire(find(shared, "video/dahua", digest))) == CASES[digest]["expected"]


def test_the_examples_of_the_stream_say_what_was_checked(config: Config, now: datetime, shared: Path) -> None:
    text = (shared / "video" / "dahua" / "stream_examples.txt").read_text(encoding="utf-8")
    frames = examples(text)
    assert {sha256(frame).hexdigest() for frame in frames} == CASES.keys() - WHOLE
    wire = Wire(config, now, decode, wire_keys)
    for frame in frames:
        assert told(wire(frame)) == CASES[sha256(frame).hexdigest()]["expected"]


def test_source_code_is_no_event(config: Config, now: datetime, shared: Path) -> None:
    with pytest.raises(DecodeError) as refused:
        Wire(config, now, decode, wire_keys)((shared / "video" / "dahua" / "stream_examples.txt").read_bytes())
    assert refused.value.reason is Reason.UNSUPPORTED
