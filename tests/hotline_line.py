"""The desk with a hotline platform beside it that answers as one does: calls, turns in which it is told, cases that go their way."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from psycopg.types.json import Jsonb

from answering import Answering
from core.settings import read_settings
from sim.platform import Door, Platform
from store import hotline_follow, openings
from store.acts import Act
from tests.desk import Desk, later, picture

NUMBER = "YP20261121000001"


class Line:
    """The desk with a platform beside it."""

    def __init__(self, desk: Desk, busy: float = 0.0) -> None:
        hotline = desk.config.hotline.model_copy(update={"sources": ("12345",)})
        desk.config = desk.config.model_copy(update={"hotline": hotline})
        self.desk, self.platform = desk, Platform("geheim", busy=busy)
        self.door = Door(self.platform, 0, lambda: desk.now.timestamp())
        told = {"YIPING_DATABASE_URL": "x", "YIPING_HOTLINE_URL": f"http://127.0.0.1:{self.door.port}", "YIPING_HOTLINE_SECRET": "geheim"}
        self.answering = Answering(desk.config, read_settings(told))

    def close(self) -> None:
        self.answering.close()
        self.door.close()

    def call(self, number: str = NUMBER, **more: Any) -> int:
        """A ticket as the feed stores it."""
        extra = {
            "appeal_type": "投诉",
            "via": "电话",
            "upper_no": "S-1",
            "due_at": (self.desk.now + timedelta(days=1)).isoformat(),
            **more.pop("extra", {}),
        }
        person = self.desk.insert("persons", {"name": "张三", "phone": "13812345678"}, "person_id")
        return self.desk.report(
            external_id=number, title=more.pop("title", "井盖破损"), extra=Jsonb(extra), person_id=person, cell_id=1, **more
        )

    def turn(self, **span: float) -> None:
        """Time passes, tickets follow, the platform is told."""
        later(self.desk, **(span or {"seconds": 1}))
        with self.desk.store.connection() as connection:
            hotline_follow.follow(connection, self.desk.config, self.desk.now)
            hotline_follow.sweep(connection, self.desk.now)
        while self.answering.deliver(self.desk.store, self.desk.now):
            pass

    def case(self, report: int) -> str:
        with self.desk.store.connection() as connection:
            act = Act("open", self.desk.scope("duty1", "duty"), self.desk.now)
            return openings.open_case(connection, openings.Opening(report_id=report, class_code="0503"), act, self.desk.config)

    def record(self, number: str = NUMBER) -> dict[str, Any]:
        return self.platform.records[number]

    def tickets(self) -> list[dict[str, Any]]:
        return self.desk.rows("select * from hotline_tickets order by ticket_id")


@pytest.fixture
def line(desk: Desk) -> Iterator[Line]:
    opened = Line(desk)
    yield opened
    opened.close()


def work(line: Line, app: Flask, number: str, *acts: str) -> None:
    """The case goes its way through the API, a turn after each act."""
    people = {"take": "worker1", "arrive": "worker1", "finish": "worker1", "dispatch": "dispatcher"}
    notes = {"finish": "井盖已更换，已电话告知 13812345678", "check": "", "close": "现场复核通过"}
    for act in acts:
        person = line.desk.sign_in(app, people.get(act, "supervisor"))
        if act == "finish":
            later(line.desk, seconds=1)
            assert person.post(f"/media?case={number}&role=after", picture()).status_code == 201
        answer = person.post(f"/cases/{number}/acts", {"act": act, "note": notes.get(act, "")})
        assert answer.status_code == 200, answer.json
        line.turn()
