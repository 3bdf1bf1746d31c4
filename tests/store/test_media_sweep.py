"""Pictures live as long as configured and as what they belong to is open."""

from datetime import datetime
from typing import Any

import pytest

from store.media_sweep import Swept
from tests.album import DAY, HOUR, KEEP, LIVING, OVER, Album
from tests.album import album as album


def test_a_picture_ends_when_its_time_is_over_and_its_row_says_so(album: Album) -> None:
    one = album.add(device_id=album.device())
    assert (album.sweep(KEEP - HOUR), album.fate(one)) == (Swept(), LIVING)
    assert (album.sweep(2 * HOUR), album.fate(one)) == (Swept(ended=1), OVER)
    assert album.desk.rows("select ended_at from media") == [{"ended_at": album.desk.now}]
    assert not album.sweep(DAY)


def test_a_case_keeps_its_pictures_while_it_is_open_and_as_long_again_once_it_is_closed(album: Album) -> None:
    case = album.case()
    one = album.add(case_number=case)
    album.sweep(2 * KEEP)
    assert album.fate(one) == LIVING
    album.set("update cases set stage = 'closed', closed_at = %s", album.desk.now)
    album.sweep(KEEP - HOUR)
    assert album.fate(one) == LIVING
    album.sweep(2 * HOUR)
    assert album.fate(one) == OVER


def test_a_report_that_nobody_decided_keeps_its_pictures_and_one_that_was_keeps_them_as_long_again(album: Album) -> None:
    report = album.desk.report()
    one = album.add(report_id=report)
    album.sweep(2 * KEEP)
    assert album.fate(one) == LIVING
    answer = album.desk.sign_in(album.desk.app(), "duty1").post(f"/reports/{report}/acts", {"act": "dismiss", "note": "误报"})
    assert answer.status_code == 200, answer.text
    album.sweep(KEEP - HOUR)
    assert album.fate(one) == LIVING
    album.sweep(2 * HOUR)
    assert album.fate(one) == OVER


@pytest.mark.parametrize("what", ["incident", "case_of_report", "case_of_incident", "alert"])
def test_whatever_a_report_led_to_keeps_its_pictures(album: Album, what: str) -> None:
    incident = album.incident(**({} if what == "incident" else {"stage": "closed", "closed_at": album.desk.now}))
    joined: dict[str, Any] = {"incident_id": incident} if what in ("incident", "case_of_incident") else {}
    report = album.desk.report(stage="confirmed", **joined)
    if what.startswith("case"):
        album.case(**({"report_id": report} if what == "case_of_report" else {"incident_id": incident}))
    if what == "alert":
        album.desk.alert(report_id=report)
    one = album.add(report_id=report)
    album.sweep(2 * KEEP)
    assert album.fate(one) == LIVING
    for statement in (
        "update incidents set stage = 'closed', closed_at = %s", "update cases set stage = 'closed', closed_at = %s",
        "update alerts set stage = 'normal', ended_at = %s",
    ):  # fmt: skip
        album.set(statement, album.desk.now)
    album.sweep(KEEP - HOUR)
    assert album.fate(one) == LIVING
    album.sweep(2 * HOUR)
    assert album.fate(one) == OVER


def test_what_ended_by_itself_or_was_history_ends_in_its_time(album: Album) -> None:
    ended = album.add(report_id=album.desk.report(title="a", ended_at=album.desk.now + DAY))
    history = album.add(report_id=album.desk.report(title="b", history=True))
    album.sweep(KEEP + HOUR)
    assert [album.fate(ended), album.fate(history)] == [LIVING, OVER]
    album.sweep(DAY)
    assert album.fate(ended) == OVER


def test_a_stations_picture_of_an_alerts_time_belongs_to_that_alert(album: Album) -> None:
    device = album.device()
    before = album.add(device_id=device, taken_at=album.desk.now - HOUR)
    album.desk.alert(device_id=device)
    during = album.add(device_id=device, taken_at=album.desk.now + HOUR)
    album.sweep(2 * KEEP)
    assert [album.fate(before), album.fate(during)] == [OVER, LIVING]
    album.set("update alerts set stage = 'normal', ended_at = %s", album.desk.now)
    album.sweep(KEEP - HOUR)
    assert album.fate(during) == LIVING
    album.sweep(2 * HOUR)
    assert album.fate(during) == OVER


@pytest.mark.parametrize("what", ["incident", "case_of_alert", "case_of_incident"])
def test_a_stations_picture_stays_while_what_its_alert_led_to_is_open(album: Album, what: str) -> None:
    began, device = album.desk.now, album.device()
    incident = album.incident(**({} if what == "incident" else {"stage": "closed", "closed_at": began}))
    joined: dict[str, Any] = {} if what == "case_of_alert" else {"incident_id": incident}
    alert = album.desk.alert(device_id=device, stage="normal", ended_at=began + 2 * HOUR, **joined)
    if what.startswith("case"):
        album.case(**({"alert_id": alert} if what == "case_of_alert" else {"incident_id": incident}))
    during, later = (album.add(device_id=device, taken_at=began + n * HOUR) for n in (1, 3))
    album.sweep(2 * KEEP)
    assert [album.fate(during), album.fate(later)] == [LIVING, OVER]
    for statement in ("update incidents set stage = 'closed', closed_at = %s", "update cases set stage = 'closed', closed_at = %s"):
        album.set(statement, album.desk.now)
    album.sweep(KEEP - HOUR)
    assert album.fate(during) == LIVING
    album.sweep(2 * HOUR)
    assert album.fate(during) == OVER


def test_screens_are_told_that_there_was_a_picture_and_when_it_ended(album: Album) -> None:
    report = album.desk.report(stage="dismissed")
    case = album.case(closed_at=album.desk.now, stage="closed")
    of_report, of_case = album.add(report_id=report), album.add(case_number=case)
    app = album.desk.app()
    album.sweep(KEEP + HOUR)
    ended = album.desk.now
    duty = album.desk.sign_in(app, "duty1")
    shape = duty.get(f"/reports/{report}").json
    assert shape["media"] == []
    [shown] = shape["pictures"]
    assert (shown["media_id"], shown["url"], shown["ended_why"], datetime.fromisoformat(shown["ended_at"])) == (
        of_report,
        None,
        "expired",
        ended,
    )
    [shown] = duty.get(f"/cases/{case}").json["media"]
    assert (shown["media_id"], shown["ended_why"], datetime.fromisoformat(shown["ended_at"])) == (of_case, "expired", ended)
    gone = duty.get(f"/media/{of_case}")
    assert (gone.status_code, gone.json["type"], gone.json["why"]) == (410, "urn:yiping:problem:gone", "expired")
    assert f"{ended.astimezone(album.desk.config.area.zone):%Y-%m-%d}" in gone.json["detail"]
    north = album.desk.with_token(app, "read", area="320404002")
    assert north.get(f"/media/{of_case}").status_code == 404
