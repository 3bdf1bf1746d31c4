"""A ticket that becomes confidential after it was taken from one incident to another leaves its words in neither: not in lists, not in cases, not in what was recorded."""

from typing import Any

from flask import Flask

from api.recorder import record
from projector.project import Projector
from store import incident_sums
from store.live import Hints, Live
from tests.desk import Desk, Person, later
from tests.flooded_road import act, at, incidents, work
from tests.flooded_road import duty as duty

SECRET, VEIL = "举报某某违建", "保密工单 T1"


def ticket(desk: Desk, metres: float = 0, number: str = "T1", title: str = SECRET) -> int:
    return desk.report(**at(metres, external_id=number, title=title, severity=2 if title == SECRET else 3))


def becomes_confidential(desk: Desk, report: int) -> None:
    change = "update reports set extra = extra || '{\"confidential\": true}', processed_at = %s, version = version + 1 where report_id = %s returning 1"
    desk.rows(change, desk.now, report)
    with desk.store.connection() as connection:
        incident_sums.follow_parts(connection, desk.config, desk.now)


def last_words(desk: Desk, noun: str) -> dict[str, Any]:
    """What screens heard last of each."""
    rows = desk.rows("select distinct on (key) key, after from change_log where noun = %s order by key, change_id desc", noun)
    return {row["key"]: row["after"]["title"] for row in rows}


def test_an_incident_that_was_left_empty_is_no_longer_called_by_its_words(desk: Desk, duty: Person) -> None:
    report, _ = ticket(desk), ticket(desk, 3000, "T2", "路面积水")
    work(desk)
    first, second = (row["incident_id"] for row in incidents(desk))
    act(duty, second, "join", reports=[report])
    assert [row["title"] for row in incidents(desk)] == [SECRET, f"{SECRET} +1"], "otherwise this proves nothing"
    becomes_confidential(desk, report)
    assert [row["title"] for row in incidents(desk)] == [VEIL, f"{VEIL} +1"]
    assert last_words(desk, "incident") == {str(first): VEIL, str(second): f"{VEIL} +1"}
    [row, _] = incidents(desk)
    assert (row["severity"], row["parts"], row["stage"]) == (2, {"hotline": 1}, "closed"), "nothing else of it was changed"
    becomes_confidential(desk, report)
    assert incidents(desk)[0]["version"] == row["version"]


def test_one_of_which_only_what_says_nothing_is_left_bears_the_number(desk: Desk, duty: Person) -> None:
    report, mute = ticket(desk), ticket(desk, 5, "T2", "路面积水")
    work(desk)
    [row] = incidents(desk)
    desk.rows("update reports set stage = 'dismissed' where report_id = %s returning 1", mute)
    act(duty, row["incident_id"], "split", reports=[report])
    assert [row["title"] for row in incidents(desk)] == [f"{SECRET} +1", SECRET], "otherwise this proves nothing"
    becomes_confidential(desk, report)
    assert [row["title"] for row in incidents(desk)] == [VEIL, VEIL]


def test_a_case_opened_in_its_words_before_it_was_moved_bears_the_number(desk: Desk, duty: Person) -> None:
    report, _ = ticket(desk), ticket(desk, 5, "T2", "路面积水")
    work(desk)
    [row] = incidents(desk)
    number = duty.post("/cases", {"incident_id": row["incident_id"]}).json["number"]
    act(duty, row["incident_id"], "split", reports=[report])
    assert SECRET in desk.rows("select title from cases")[0]["title"]
    becomes_confidential(desk, report)
    assert desk.rows("select title, text from cases") == [{"title": VEIL, "text": None}]
    assert last_words(desk, "case") == {number: VEIL}
    assert incidents(desk)[0]["title"] == "路面积水"


def test_no_moment_of_the_recording_tells_them(desk: Desk, duty: Person, app: Flask) -> None:
    projector, begun = Projector(desk.store, Live(None), Hints(None), desk.config), desk.now
    report, _ = ticket(desk), ticket(desk, 3000, "T2", "路面积水")

    def run(turns: int) -> None:
        for _ in range(turns):
            later(desk, seconds=10)
            projector.tick(desk.now)
            record(desk.store, desk.config, desk.now)

    run(1)
    work(desk)
    run(2)
    held = desk.now
    first, second = (row["incident_id"] for row in incidents(desk))
    act(desk.sign_in(app, "duty1"), second, "join", reports=[report])
    run(6)
    duty = desk.sign_in(app, "duty1")

    def when(moment: Any) -> str:
        return str(moment.isoformat()).replace("+", "%2B")

    early = duty.get(f"/replay/moment?at={when(begun + (held - begun) / 3)}").get_json()["sequence"]
    asked = f"from={when(begun)}&to={when(desk.now)}"
    paths = [f"/replay/moment?at={when(held)}", f"/replay/moment?at={when(desk.now)}", f"/replay/deltas?after={early}&until={when(desk.now)}",
             f"/replay/timeline?{asked}", f"/replay/report/paper.html?{asked}"]  # fmt: skip
    assert [SECRET in duty.get(path).get_data(as_text=True) for path in paths] == [True] * 5, "otherwise this proves nothing"
    becomes_confidential(desk, report)
    found = [duty.get(path).get_data(as_text=True) for path in paths]
    assert [SECRET in body for body in found] == [False] * 5
    assert all(VEIL in body for body in found)
    assert first != second
