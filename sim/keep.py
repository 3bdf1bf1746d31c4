"""The files a simulated district is kept in: the plan, the secrets the demo shows, and the simulated staff's own.

All are readable by their owner only. Decides nothing; `sim.seed` writes, `python -m sim` reads.
"""

import json
import os
from pathlib import Path
from typing import Any

import msgspec

from sim.model import Plan

SEED, STAFF, PLAN, STATE = "seed.json", "sim-staff.json", "sim-plan.json", "sim-state.json"

_plan = msgspec.json.Decoder(Plan)


def write_plan(run_dir: Path, plan: Plan) -> None:
    _write(run_dir / PLAN, msgspec.json.encode(plan))


def read_plan(run_dir: Path) -> Plan:
    """Raises `FileNotFoundError` before the first seed, `msgspec.DecodeError` for a file of another version."""
    return _plan.decode((run_dir / PLAN).read_bytes())


def write_json(file: Path, value: object) -> None:
    _write(file, json.dumps(value, ensure_ascii=False, indent=2).encode())


def read_json(file: Path) -> dict[str, Any]:
    """What the file holds; empty when it is not there or broken."""
    try:
        found = json.loads(file.read_bytes())
    except (FileNotFoundError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _write(file: Path, data: bytes) -> None:
    """Replace in one step, never readable for others."""
    fresh = file.with_name(f".{file.name}.{os.getpid()}")
    fresh.unlink(missing_ok=True)
    fresh.touch(mode=0o600)
    fresh.write_bytes(data)
    fresh.replace(file)
