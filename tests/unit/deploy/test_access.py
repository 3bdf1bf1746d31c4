"""Laws of the files a script goes on from: private, whole, and never about something that does not run."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from deploy.local import access
from deploy.local.instance import read_instance
from deploy.local.secret import keep_secrets

SEEDED: dict[str, dict[str, Any]] = {"tokens": {"feed": "t"}, "users": {"duty": {"name": "duty", "password": "p"}}}


def test_access_json_has_the_keys_of_the_contract(tmp_path: Path) -> None:
    instance = read_instance({"PORT": "9000"}, default_area="320404", top=tmp_path)
    record = access.access_record(instance, database_url="postgresql://x", feed_mqtt_url="mqtt://y", seeded=SEEDED)
    assert record == {
        "url": "http://127.0.0.1:9000",
        "mqtt": "mqtt://y",
        "hj212": "127.0.0.1:9005",
        "sl651": "127.0.0.1:9006",
        "database_url": "postgresql://x",
        "tokens": {"feed": "t"},
        "users": {"duty": {"name": "duty", "password": "p"}},
    }


def test_a_written_record_is_for_its_owner_only_and_reads_back(tmp_path: Path) -> None:
    file = tmp_path / "access.json"
    access.write_record(file, {"name": "钟楼区"})
    assert file.stat().st_mode & 0o777 == 0o600
    assert access.read_record(file) == {"name": "钟楼区"}
    assert [path.name for path in tmp_path.iterdir()] == ["access.json"]


@pytest.mark.parametrize("text", ["", "{", "[]", "null"])
def test_a_half_written_record_reads_as_empty(tmp_path: Path, text: str) -> None:
    file = tmp_path / "access.json"
    file.write_text(text)
    assert access.read_record(file) == {}


def test_links_lead_to_the_instance_started_last_and_go_with_it(tmp_path: Path) -> None:
    for name in ("9000-320404", "9010-320404"):
        access.write_record(tmp_path / name / "access.json", {"name": name})
        access.publish_links(tmp_path, tmp_path / name)
    assert access.read_record(tmp_path / "access.json") == {"name": "9010-320404"}
    access.withdraw_links(tmp_path, tmp_path / "9000-320404")
    assert (tmp_path / "access.json").exists()
    access.withdraw_links(tmp_path, tmp_path / "9010-320404")
    assert not (tmp_path / "access.json").is_symlink()


def test_an_instance_runs_as_long_as_its_supervisor_does(tmp_path: Path) -> None:
    run = tmp_path / "9000-320404"
    access.write_state(run, "ready")
    assert access.running_instances(tmp_path) == [run]
    assert access.running_pid(run) == os.getpid()


def test_a_reused_process_id_is_not_taken_for_ours(tmp_path: Path) -> None:
    access.write_record(tmp_path / "a" / "demo.json", {"pid": os.getpid(), "started": 1, "state": "ready"})
    assert access.running_instances(tmp_path) == []


def test_secrets_are_made_once_and_kept_private(tmp_path: Path) -> None:
    file = tmp_path / "secrets.json"
    first = keep_secrets(file)
    assert keep_secrets(file) == first
    assert file.stat().st_mode & 0o777 == 0o600
    assert len(set(json.loads(file.read_text()).values())) == 7
