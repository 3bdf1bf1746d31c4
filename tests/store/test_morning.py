"""The morning report (早报): made of stored rows, frozen with them, printed in both languages, made once a day by itself."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from psycopg.types.json import Jsonb

from core.text import load_texts
from store import morning
from tests.desk import NORTH, SOUTH, Desk, later

TEXTS = load_texts(Path(__file__).resolve().parents[2] / "assets" / "i18n")


def at(desk: Desk, hours: float) -> datetime:
    return desk.now - timedelta(hours=hours)


def case(desk: Desk, number: int, area: str = NORTH, **columns: Any) -> None:
    values = {"case_number": f"{number:019d}", "title": f"案件{number}", "class_code": "0502", "severity": 3, "stage": "handling",
              "area": f"{area}001", "opened_at": at(desk, 2), "updated_at": desk.now, "due_at": desk.now, **columns}  # fmt: skip
    desk.insert("cases", values, "case_number")


@pytest.fixture
def day(desk: Desk) -> Desk:
    """A day with a bit of everything, and a drill that counts nowhere."""
    for n, hours in enumerate((1, 2, 30)):
        desk.alert(title=str(n), severity=n + 1, raised_at=at(desk, hours))
    desk.alert(title="drill", severity=1, drill=True)
    incident = {"severity": 2, "stage": "open", "area": f"{NORTH}001", "updated_at": desk.now}
    desk.insert("incidents", {**incident, "title": "河水上涨", "opened_at": at(desk, 3)}, "incident_id")
    case(desk, 1)
    case(desk, 2, overdue_at=at(desk, 1))
    case(desk, 3, SOUTH, stage="closed", opened_at=at(desk, 40), closed_at=at(desk, 4))
    case(desk, 4, drill=True)
    desk.report(title="a", received_at=at(desk, 5))
    desk.report(title="暴雨橙色预警", channel="weather", severity=2, received_at=at(desk, 5), observed_at=at(desk, 5))
    for subject, figure, value, text in (("320404", "aqi_hour_area", 87, "pm25"), ("S1", "water_class_hour", 4, "Ⅳ"), ("S2", "water_class_hour", 2, "Ⅱ")):  # fmt: skip
        desk.insert("derived", {
            "figure": figure, "subject": subject, "since": at(desk, 2), "at": at(desk, 1), "value": value, "text": text, "of": Jsonb({"level": 2}),
            "standard": "x", "area": "320404", "computed_at": desk.now}, "figure")  # fmt: skip
    desk.insert("expedite_orders", {"case_number": f"{2:019d}", "text": "快办", "issued_at": at(desk, 30), "issued_name": "局长", "due_at": at(desk, 1),
                                    "overdue_at": at(desk, 1), "updated_at": desk.now}, "order_id")  # fmt: skip
    desk.insert("hazards", {"title": "边坡", "level": "major", "area": SOUTH, "found_at": at(desk, 2), "found_name": "x", "stage": "rectifying",
                            "due_at": desk.now + timedelta(hours=3), "updated_at": desk.now}, "hazard_id")  # fmt: skip
    return desk


def test_every_figure_is_that_of_the_rows(day: Desk, app: Flask) -> None:
    made = day.sign_in(app, "boss").post("/morning-report")
    assert made.status_code == 201, made.json
    told = made.json["facts"]
    assert (told["alerts"]["raised"], told["alerts"]["red"], told["alerts"]["orange"], told["alerts"]["before"]) == (2, 1, 1, 1)
    assert (told["incidents"]["opened"], told["incidents"]["list"][0]["title"]) == (1, "河水上涨")
    assert {name: told["cases"][name] for name in ("opened", "closed", "open", "overdue", "overdue_new")} == {
        "opened": 2, "closed": 1, "open": 2, "overdue": 1, "overdue_new": 1
    }  # fmt: skip
    assert [one["number"] for one in told["cases"]["list"]] == [f"{2:019d}"]
    assert (told["hotline"]["received"], [one["title"] for one in told["warnings"]]) == (1, ["暴雨橙色预警"])
    assert (told["air"]["value"], told["water"]) == (87, {"of": 2, "good": 1, "poor": [{"name": "S1", "text": "Ⅳ"}]})
    assert ([one["overdue"] for one in told["orders"]], told["hazards"]["major"], len(told["hazards"]["list"])) == ([True], 1, 1)


def test_it_compares_with_the_day_before_only_what_was_counted_then(day: Desk, app: Flask) -> None:
    """Cases are known since two days ago; the first alert came in the middle of the day before."""
    case(day, 5, opened_at=at(day, 50), stage="closed", closed_at=at(day, 49))
    told = day.sign_in(app, "boss").post("/morning-report").json
    assert [told["facts"][part]["compared"] for part in ("alerts", "incidents", "cases", "hotline")] == [False, False, True, False]
    page = day.sign_in(app, "boss").get(f"/morning-report/{told['id']}/paper.html").text
    assert (page.count("较前一日 — 数据不全"), "较前一日 +1" in page) == (3, True)


def test_a_report_stays_as_it_was_made(day: Desk, app: Flask) -> None:
    boss = day.sign_in(app, "boss")
    first = boss.post("/morning-report").json
    case(day, 9)
    again = boss.get(f"/morning-report/{first['id']}").json
    assert (again["facts"], again["papers"], again["intact"]) == (first["facts"], first["papers"], True)
    assert boss.post("/morning-report").json["facts"]["cases"]["opened"] == 3
    assert len(boss.get("/morning-report").json["reports"]) == 2


def test_it_prints_in_both_languages(day: Desk, app: Flask) -> None:
    boss = day.sign_in(app, "boss")
    report_id = boss.post("/morning-report").json["id"]
    page = boss.get(f"/morning-report/{report_id}/paper.html")
    assert page.content_type == "text/html; charset=utf-8"
    assert "钟楼区城市运行早报" in page.text
    assert "暴雨橙色预警" in page.text
    assert "morning report" in boss.get(f"/morning-report/{report_id}/paper.html?lang=en").text
    pdf = boss.get(f"/morning-report/{report_id}/paper.pdf?lang=en")
    assert (pdf.content_type, pdf.data[:5]) == ("application/pdf", b"%PDF-")
    assert [boss.get(f"/morning-report/{report_id}/{file}").status_code for file in ("paper.doc", "paper.html?lang=fr")] == [404, 422]


def test_an_empty_city_has_a_report_that_says_what_is_unknown(desk: Desk, app: Flask) -> None:
    officer = desk.sign_in(app, "duty1")
    report_id = officer.post("/morning-report").json["id"]
    assert "无数据" in officer.get(f"/morning-report/{report_id}/paper.html").text
    assert desk.sign_in(app, "worker1").post("/morning-report").status_code == 403


def test_a_street_has_its_own_report_and_does_not_read_the_citys(day: Desk, app: Flask) -> None:
    report_id = day.sign_in(app, "boss").post("/morning-report").json["id"]
    north = day.sign_in(app, "north")
    assert north.get(f"/morning-report/{report_id}").status_code == 404
    told = north.post("/morning-report").json["facts"]
    assert (told["area_name"], told["hazards"]["open"], told["cases"]["closed"]) == ("北街道", 0, 0)


def test_it_is_made_once_a_day_at_its_hour(desk: Desk) -> None:
    def due() -> int | None:
        with desk.store.connection() as connection:
            return morning.make_due(connection, desk.config, TEXTS, desk.now)

    desk.now = datetime(2026, 11, 21, 23, 59, tzinfo=UTC)  # 07:59 of the 22nd
    assert due() is not None, "of the day before: nobody was there at its hour"
    assert due() is None
    later(desk, minutes=1)
    made = due()
    assert made is not None
    later(desk, hours=20)
    assert due() is None
    row = desk.rows("select day, until, made_by, by_itself from morning_reports where report_id = %s", made)[0]
    assert (str(row["day"]), row["until"], row["by_itself"]) == ("2026-11-22", datetime(2026, 11, 22, tzinfo=UTC), True)
