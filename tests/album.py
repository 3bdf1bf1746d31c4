"""A folder of pictures and the table beside it, what the pictures belong to, and a sweep over both. Time travels, and the files' times with it."""

import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from core.config import Config
from store import media_sweep
from store.media import keep_photo, path_of
from store.media_sweep import Swept
from tests.desk import NORTH, Desk, open_desk, picture

KEEP, DAY, HOUR = timedelta(days=180), timedelta(days=1), timedelta(hours=1)


class Album:
    """A folder of pictures and the table beside it. Time travels, and the files' times with it."""

    def __init__(self, desk: Desk, folder: Path) -> None:
        self.desk, self.folder = desk, folder

    def add(self, row: bool = True, file: bool = True, **columns: Any) -> str:
        """A picture that came now."""
        media_id = keep_photo(self.folder, picture())
        path = path_of(self.folder, media_id)
        self.date(path)
        if not file:
            path.unlink()
        if row:
            values = {
                "media_id": media_id, "sha256": b"0", "kind": "image/jpeg", "bytes": 1, "area": f"{NORTH}001", "created_at": self.desk.now, **columns,
            }  # fmt: skip
            self.desk.insert("media", values, "media_id")
        return media_id

    def date(self, path: Path) -> None:
        os.utime(path, (self.desk.now.timestamp(),) * 2)

    def case(self, **columns: Any) -> str:
        number = f"3204042026112100{self.desk.rows('select count(*) as n from cases')[0]['n']:03}"
        values = {
            "case_number": number, "title": "t", "class_code": "0502", "severity": 3, "stage": "handling", "area": f"{NORTH}001",
            "opened_at": self.desk.now, "updated_at": self.desk.now, **columns,
        }  # fmt: skip
        return str(self.desk.insert("cases", values, "case_number"))

    def incident(self, **columns: Any) -> int:
        values = {
            "title": "i",
            "severity": 3,
            "stage": "open",
            "area": f"{NORTH}001",
            "opened_at": self.desk.now,
            "updated_at": self.desk.now,
            **columns,
        }
        return int(self.desk.insert("incidents", values, "incident_id"))

    def device(self) -> int:
        return int(self.desk.insert("devices", {"device": "st", "name": "st", "domain": "water", "area": f"{NORTH}001"}, "device_id"))

    def set(self, statement: str, *values: Any) -> None:
        with self.desk.store.connection() as connection:
            connection.execute(statement, values)

    def sweep(self, after: timedelta = timedelta(0)) -> Swept:
        self.desk.now += after
        return media_sweep.sweep(self.desk.store, self.folder, KEEP, self.desk.now)

    def fate(self, media_id: str) -> tuple[str | None, bool]:
        """Why it ended, and whether its file is there."""
        [row] = self.desk.rows("select ended_why from media where media_id = %s", media_id)
        return row["ended_why"], path_of(self.folder, media_id).exists()


LIVING, OVER = (None, True), ("expired", False)


@pytest.fixture
def album(config: Config, database_url: str, web_database_url: str, now: datetime, tmp_path: Path) -> Iterator[Album]:
    with open_desk(config, database_url, web_database_url, now, tmp_path / "media") as desk:
        yield Album(desk, tmp_path / "media")
