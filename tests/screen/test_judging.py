"""What a report is judged by and what the air of the last hour is, run by Node: no rate from a handful, no hour past its time."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from api.routes import ROUTES
from core.config import Config
from core.model import Scope
from panels import duty
from panels.frame import Page
from panels.text import load_texts
from panels.vitals import air_subject, vitals
from panels.wall import content
from tests.in_node import modules
from tests.unit.panels.test_duty import walk

ROOT = Path(__file__).resolve().parents[2]
NOON = datetime(2026, 11, 21, 12, 5, tzinfo=UTC)
SEEN = {"source": "box", "simulated": False, "extra": {"camera": "cam-1", "label": "", "type": "stall"}}
VERDICTS = [
    {"source": "box", "camera": "cam-1", "simulated": False, "numerator": 3, "denominator": 10, "percent": 30.0, "open": 2},
    {"source": "other", "camera": "cam-1", "simulated": False, "numerator": 9, "denominator": 10, "percent": 90.0, "open": 0},
    {"source": "box", "camera": "cam-1", "simulated": True, "numerator": 8, "denominator": 10, "percent": 80.0, "open": 0},
]
REPORT = {"id": 1, "stage": "open", "incident_id": None}


JUDGING = modules({"R": "duty-report.js", "A": "wall-hour.js", "Q": "duty-queue.js", "D": "duty-fields.js"})


def run(script: str, **values: Any) -> Any:
    """What the value of `script` is: one Node for many questions."""
    return JUDGING(f"say({script})", **values)


def test_a_rate_is_of_the_same_source_and_reality_and_of_enough_verdicts_or_none() -> None:
    by_camera, few, unknown, by_type = run(
        "[R.rateOf(verdicts,seen,'camera',10),R.rateOf(verdicts,seen,'camera',11),R.rateOf([],seen,'camera',10),R.rateOf(verdicts,seen,'algorithm',10)]",
        verdicts=VERDICTS,
        seen=SEEN,
    )
    assert (by_camera["percent"], by_camera["numerator"], by_camera["denominator"], by_camera["few"]) == (30.0, 3, 10, False)
    assert [few["few"], unknown["few"], by_type["few"]] == [True, True, True]
    assert (unknown["denominator"], by_type["name"]) == (0, "stall")


def test_two_complaints_become_one_only_by_an_incident_that_is_open() -> None:
    cases: list[tuple[dict[str, Any], dict[str, Any], str]] = [
        (REPORT, {"stage": "open", "incident_id": 7}, "into"),
        (REPORT, {"stage": "merged", "incident_id": 7}, "into"),
        (REPORT, {"stage": "open", "incident_id": 8}, "closed"),
        (REPORT, {"stage": "open", "incident_id": None}, "case"),
        (REPORT, {"stage": "dismissed", "incident_id": None}, "ended"),
        ({**REPORT, "incident_id": 7}, {"stage": "open", "incident_id": 7}, "same"),
        ({**REPORT, "incident_id": 7}, {"stage": "open", "incident_id": None}, "here"),
        ({**REPORT, "incident_id": 8}, {"stage": "open", "incident_id": None}, "closed"),
        ({**REPORT, "stage": "merged", "incident_id": 7}, {"stage": "open", "incident_id": None}, "here"),
        ({**REPORT, "stage": "merged", "incident_id": 7}, {"stage": "open", "incident_id": 8}, "ended"),
        ({**REPORT, "stage": "dismissed"}, {"stage": "open", "incident_id": 7}, "ended"),
    ]
    script = "pairs.map(([one,other])=>R.mergeOf(one,other,new Map([[7,{}]])).way)"
    assert run(script, pairs=[(one, other) for one, other, _ in cases]) == [way for *_, way in cases]


def test_an_act_demands_its_note_whatever_else_it_asks_and_only_the_chosen_cause_of_a_false_alarm_stands_for_one(config: Config) -> None:
    needs = duty.law()["needs_note"]
    asked: list[tuple[str, str, str, bool]] = [
        ("alert", "", "shelve", True),
        ("alert", "", "acknowledge", False),
        ("report", "hotline", "dismiss", True),
        ("report", "video", "dismiss", False),
        ("incident", "", "dismiss", True),
        ("case", "", "void", True),
        ("case", "", "check", False),
    ]
    script = "asked.map(([kind,channel,name])=>D.needsNote(needs,kind,{channel},name))"
    assert run(script, needs=needs, asked=[one[:3] for one in asked]) == [one[3] for one in asked]


def test_only_pictures_we_hold_are_asked_of_us() -> None:
    told = ["/api/v1/media/abc", "abc", "/api/events/1/snapshot.jpg", "https://box/1.jpg"]
    assert run("told.map(R.pictureOf)", told=told) == [
        {"address": "/api/v1/media/abc"}, {"address": "/api/v1/media/abc"}, {"elsewhere": told[2]}, {"elsewhere": told[3]},
    ]  # fmt: skip


def test_an_alert_and_the_report_that_raised_it_are_one_row_and_a_report_is_as_grave_as_its_class() -> None:
    alert = {"id": 5, "rule": "video-fire", "severity": 2, "stage": "unack", "hold": "none", "title": "t", "subject": "report:box/1",
             "report_id": 9, "incident_id": 3, "raised_at": "2026-11-21T04:00:00Z"}  # fmt: skip
    behind = {"id": 9, "stage": "open", "incident_id": 3, "title": "t"}
    call = {"id": 10, "stage": "open", "incident_id": None, "title": "t", "class_code": "0101", "received_at": "2026-11-21T04:00:00Z"}
    picture = {"alerts": [alert], "reports": [behind, call], "cases": [], "incidents": [{"id": 3, "stage": "open", "title": "t"}]}
    law = {"domains": {}, "severities": {"0101": 4}, "rules": {}}
    script = "Q.workItems(picture,0,{...law,awaits:new Set()}).map(one=>[one.key,one.severity,one.place??null])"
    assert run(script, picture=picture, law=law) == [["alert:5", 2, ""], ["report:10", 4, None]]


def hour(value: float | None, ended: timedelta, **values: float | None) -> dict[str, Any]:
    of = {"values": values, "level": None if value is None else 2, "stations": dict.fromkeys(values, 3)}
    at = NOON - ended
    return {
        "value": value,
        "text": "pm25" if value else None,
        "since": (at - timedelta(hours=1)).isoformat(),
        "at": at.isoformat(),
        "of": of,
    }


def test_the_air_is_known_for_two_hours_and_never_well_without_an_index() -> None:
    rows = [
        hour(72, timedelta(minutes=5), pm25=53, co=0.6),
        hour(72, timedelta(hours=2, seconds=1), pm25=53),
        hour(None, timedelta(minutes=5), pm25=53, co=None),
    ]
    known, old, incomplete, none = run("[...rows,undefined].map(row=>A.airOf(row,now))", rows=rows, now=NOON.timestamp() * 1000)
    assert (known["state"], known["value"], known["level"], known["primary"]) == ("known", 72, 2, ["pm25"])
    assert (known["has"], known["of"], known["stations"]) == (2, 2, 3)
    assert [(one["state"], one["value"], one["level"]) for one in (old, incomplete, none)] == [
        ("old", None, None), ("incomplete", None, None), ("none", None, None),
    ]  # fmt: skip
    assert incomplete["missing"] == ["co"]


def test_the_wall_draws_the_air_first_and_unknown_and_a_screen_may_ask_for_it(config: Config) -> None:
    page = Page("/wall", "", {}, load_texts(ROOT / "assets" / "i18n")["zh"], config, Scope("wall", ("320404",), None))
    first = next(props for props in walk(vitals(page, content(page, None))) if "data-vital" in props)
    assert (first["data-vital"], first["data-level"]) == ("aqi", "unknown")
    assert [props["data-value"] for props in walk(vitals(page, content(page, None))) if props.get("data-figure") == "aqi"] == [""]
    assert next(route.need for route in ROUTES if (route.method, route.path) == ("GET", "/derived")) == "screen"


@pytest.mark.parametrize(
    ("areas", "subject"),
    [
        (("320404005",), "320404005"),
        (("320404",), "320404"),
        (("",), "320404"),
        (("320404001", "320404002"), None),
        ((), None),
    ],
)
def test_who_sees_one_street_is_told_its_air_and_who_sees_several_but_not_the_city_that_it_is_not_theirs(
    config: Config, areas: tuple[str, ...], subject: str | None
) -> None:
    texts = load_texts(ROOT / "assets" / "i18n")["zh"]
    page = Page("/wall", "", {}, texts, config, Scope("duty", areas, 1))
    assert air_subject(page) == subject
    level = next(props for props in walk(vitals(page, content(page, None))) if props.get("data-slot") == "air-level")
    assert level["children"] == texts("air.outside" if subject is None else "air.none")


def test_an_index_outside_ones_areas_is_neither_asked_for_nor_called_missing() -> None:
    assert run("[A.airOf(undefined,0,null),A.airOf(undefined,0,'320404')].map(one=>[one.state,one.value])") == [
        ["outside", None],
        ["none", None],
    ]
