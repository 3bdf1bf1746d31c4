"""A city with a video platform: cameras are put, the platform says who is online and what it saw, time goes by."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from core.config import Config, FeedConfig
from core.model import Frame
from pipeline import process
from store import listening
from store.registry import keep_catalogue
from tests.desk import Desk, Person, open_desk
from tests.pipes import deps_of

ID, OTHER = "32040400001320000017", "32040400001320000018"
SECRET = "rtsp://viewer:secret@10.20.0.21/stream1"
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
# Twenty metres inside the western edge of the northern square, at half its height.
PLACE = {"lon": 119.9002, "lat": 31.785}


class Platform:
    """A city with a video platform: it says who is online, and what it saw."""

    def __init__(self, desk: Desk) -> None:
        own = {name: FeedConfig(kind="http", format=form) for name, form in (("video", "gb28181"), ("hik", "hikvision"))}
        desk.config = desk.config.model_copy(update={"feeds": {**desk.config.feeds, **own}})
        self.desk, self.deps = desk, deps_of(desk.config, desk.store)
        app = desk.app()
        self.admin, self.duty = desk.with_token(app, "admin", "read"), desk.sign_in(app, "duty1")
        self.app = app

    def put(self, device: str, **fields: Any) -> Any:
        return self.admin.ask("PUT", f"/devices/{device}", {"domain": "urban", "kind": "摄像机", **fields})

    def say(self, device: str, event: str = "ON") -> None:
        """The platform's catalogue tells; somebody listens at that moment."""
        body = f"<Notify><CmdType>Catalog</CmdType><DeviceID>320404</DeviceID><DeviceList><Item><DeviceID>{device}</DeviceID><Event>{event}</Event></Item></DeviceList></Notify>"
        self.send("video", body.encode())

    def send(self, feed: str, body: bytes) -> None:
        taken = process([Frame(feed, body, self.desk.now, peer="areas:")], self.desk.now, self.deps).taken[0]
        assert not taken.rejected, taken.rejected

    def live(self, span: timedelta, heard: bool = True) -> None:
        """Time goes by, with or without somebody who listens and says so all the while."""
        with self.desk.store.connection() as connection:
            if heard:
                listening.mark(connection, ["video"], self.desk.now)
            self.desk.now += span
            if heard:
                connection.execute("update listening set until = %s", [self.desk.now])
        process([], self.desk.now, self.deps)

    def camera(self, query: str = "", asker: Person | None = None) -> dict[str, Any]:
        [found] = (asker or self.admin).get(f"/cameras{query}").json["cameras"]
        return dict(found)

    def reported(self) -> list[tuple[Any, ...]]:
        return [tuple(row.values()) for row in self.desk.rows("select lon, cell_id, area from reports order by report_id")]


@pytest.fixture
def city(config: Config, database_url: str, web_database_url: str, now: datetime, tmp_path: Path) -> Iterator[Platform]:
    with open_desk(config, database_url, web_database_url, now, tmp_path) as desk:
        with desk.store.connection() as connection:
            keep_catalogue(connection, desk.config)
        yield Platform(desk)
