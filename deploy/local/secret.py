"""Passwords of the private services, made once per run folder and kept in a file only its owner reads."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Secrets:
    """One password per account. `session` signs the web's cookies."""

    superuser: str
    owner: str
    web: str
    redis: str
    mqtt: str
    feed: str
    session: str


def keep_secrets(file: Path) -> Secrets:
    """The secrets in `file`; made at the first call. Hexadecimal, so they fit in any URL as they are."""
    if file.is_file():
        return Secrets(**json.loads(file.read_text()))
    made = Secrets(**{name: secrets.token_hex(16) for name in Secrets.__dataclass_fields__})
    write_private(file, json.dumps(asdict(made), indent=2))
    return made


def write_private(file: Path, text: str) -> None:
    """Replaces `file` in one step; it is never readable for others, not even for a moment."""
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_name(f".{file.name}.{os.getpid()}")
    fresh.touch(mode=0o600)
    fresh.write_text(text)
    fresh.replace(file)
