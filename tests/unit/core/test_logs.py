"""The log: what a fault's frames hold never stands in it, in neither form, and every entry file asks for that."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from core import logs

ROOT = Path(__file__).resolve().parents[3]
SECRET = "tok-5f0e-never-in-a-log"


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    yield
    structlog.reset_defaults()


def fault(secret: str) -> None:
    held = {"api_key": secret}
    raise ValueError(f"{len(held)} key cannot be used")


def logged(environment: dict[str, str], capsys: pytest.CaptureFixture[str]) -> str:
    logs.configure(environment)
    try:
        fault(SECRET)
    except ValueError:
        structlog.get_logger("test").exception("it_failed", path="/人")
    return capsys.readouterr().out


@pytest.mark.parametrize("form", ["", "json"])
def test_a_raised_fault_is_told_with_its_place_and_no_local(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    text = logged({"YIPING_LOG": form}, capsys)
    assert SECRET not in text
    assert all(word in text for word in ("it_failed", "error", "test_logs.py", "in fault", "ValueError: 1 key cannot be used"))


def test_without_a_terminal_lines_are_plain(capsys: pytest.CaptureFixture[str]) -> None:
    text = logged({}, capsys)
    assert "\x1b" not in text
    assert "path=/人" in text


def test_json_is_one_object_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    (line,) = logged({"YIPING_LOG": "json"}, capsys).splitlines()
    told = json.loads(line)
    assert (told["event"], told["level"], told["path"]) == ("it_failed", "error", "/人")
    assert told["timestamp"].endswith("Z")
    assert told["exception"].startswith("Traceback")


@pytest.mark.parametrize("name", ["compose.py", "edge.py", "app.py", "cli/main.py"])
def test_every_entry_file_configures_the_log(name: str) -> None:
    assert "logs.configure(os.environ)" in (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["worker.py", "jobs.py"])
def test_roles_without_a_server_leave_it_to_run_role(name: str) -> None:
    assert f'run_role("{name.removesuffix(".py")}"' in (ROOT / name).read_text(encoding="utf-8")
