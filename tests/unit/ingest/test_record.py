"""Recordings: what came is what can be read back."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.errors import Invalid
from core.model import Frame
from ingest.record import Recorder, frames_of

AT = datetime(2026, 11, 21, 23, 59, 59, 500000, tzinfo=UTC)
TEXT = Frame("city", '{"values": {"pm25": 35}} 井盖'.encode(), AT, "city/320404/environment/d1/telemetry")
BINARY = Frame("sl651", b"\x7e\x7e\xff\x00\x03", AT + timedelta(milliseconds=1))


def test_frames_come_back_as_they_came_text_and_binary(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "deep", frozenset({"city", "sl651"}))
    recorder.keep([TEXT, BINARY, replace(TEXT, feed="secret")])
    recorder.keep([replace(TEXT, payload=b"")])
    recorder.close()
    assert list(frames_of(tmp_path / "deep" / "city-20261121.jsonl")) == [TEXT, replace(TEXT, payload=b"")]
    assert list(frames_of(tmp_path / "deep" / "sl651-20261121.jsonl")) == [BINARY]
    assert len(list((tmp_path / "deep").iterdir())) == 2, "a feed that did not ask is not recorded"


def test_only_its_owner_may_read_a_recording_and_each_day_has_its_file(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path, frozenset({"city"}))
    recorder.keep([TEXT, replace(TEXT, received_at=AT + timedelta(seconds=1))])
    recorder.close()
    assert sorted(file.name for file in tmp_path.iterdir()) == ["city-20261121.jsonl", "city-20261122.jsonl"]
    assert {file.stat().st_mode & 0o777 for file in tmp_path.iterdir()} == {0o600}


def test_a_full_recording_loses_frames_by_count_and_never_raises(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path, frozenset({"city"}), most_bytes=400)
    recorder.keep([TEXT] * 5)
    recorder.close()
    assert recorder.lost == 3
    assert len(list(frames_of(tmp_path / "city-20261121.jsonl"))) == 2


def test_a_recording_goes_on_where_it_was_left(tmp_path: Path) -> None:
    for _ in range(2):
        recorder = Recorder(tmp_path, frozenset({"city"}))
        recorder.keep([TEXT])
        recorder.close()
    assert len(list(frames_of(tmp_path / "city-20261121.jsonl"))) == 2


def test_a_torn_last_line_is_left_out_and_a_broken_one_is_named(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path, frozenset({"city"}))
    recorder.keep([TEXT, TEXT])
    recorder.close()
    path = tmp_path / "city-20261121.jsonl"
    whole = path.read_bytes()
    path.write_bytes(whole[:-9])
    assert list(frames_of(path)) == [TEXT]
    path.write_bytes(b"{}\n" + whole)
    with pytest.raises(Invalid, match="line 1"):
        list(frames_of(path))
