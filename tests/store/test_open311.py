"""Open311 over a real database and pipeline: posted, committed, once under its key, never who reported."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import fromstring

import pytest

from tests.open311_door import FORM, Door
from tests.open311_door import door as door


def test_what_is_posted_is_listed_and_who_posted_it_is_not(door: Door) -> None:
    answer = door.post(form="xml")
    assert (answer.status_code, answer.headers["content-type"]) == (201, "text/xml; charset=utf-8")
    number = fromstring(answer.content).findtext("request/service_request_id")
    (request,) = json.loads(door.get(f"requests/{number}.json").content)
    assert (request["service_request_id"], request["status"], request["service_code"], request["service_name"]) == (
        int(number or 0),
        "open",
        "0503",
        "井盖缺损",
    )
    assert (request["description"], request["requested_datetime"]) == ("<b> &", "2026-11-21T12:00:00+08:00")
    listed = door.get("requests.xml")
    assert fromstring(listed.content).findtext("request/description") == "<b> &"
    assert not any(secret in listed.text for secret in ("13800000000", "张"))
    assert door.rows("select name, phone from persons") == [{"name": "张", "phone": "13800000000"}]
    assert door.rows("select channel, source from reports") == [{"channel": "public", "source": "open311"}]


def test_the_key_may_stand_in_the_form_and_must_be_one(door: Door) -> None:
    assert door.post(f"{FORM}&api_key={door.tokens['feed']}", token="").status_code == 201
    for body, token in ((FORM, ""), (FORM, "read"), (f"{FORM}&api_key=wrong", "")):
        refused = door.post(body, "xml", token)
        assert (refused.status_code, fromstring(refused.content).findtext("error/code")) == (403, "403")
    assert door.get("requests.json", "feed").status_code == 403
    assert door.get("services.json", "").status_code == 403
    assert door.get("services.json", "feed").status_code == 200


def test_a_reader_of_another_area_sees_nothing(door: Door) -> None:
    (number,) = (row["service_request_id"] for row in door.post().json())
    assert door.get("requests.json", "south").json() == []
    assert door.get(f"requests/{number}.json", "south").status_code == 404


def test_the_same_idempotency_key_is_the_same_request(door: Door) -> None:
    first, again = (door.post(**{"Idempotency-Key": "k1"}).json() for _ in range(2))
    assert first == again
    assert door.post(FORM + "&email=x", **{"Idempotency-Key": "k1"}).status_code == 400
    assert len(door.get("requests.json").json()) == 1


def keyed(door: Door, key: str, body: str = FORM, form: str = "json") -> tuple[str, str, dict[str, Any]]:
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Idempotency-Key": key, **door.as_("feed")["headers"]}
    return "POST", f"requests.{form}", {"content": body, "headers": headers}


def test_one_key_at_the_same_time_is_one_report_with_one_number(door: Door) -> None:
    answers = door.at_once(*[keyed(door, "k1")] * 3, keyed(door, "k2"))
    assert [answer.status_code for answer in answers] == [201] * 4
    numbers = [answer.json()[0]["service_request_id"] for answer in answers]
    assert numbers[0] == numbers[1] == numbers[2] != numbers[3]
    assert len(door.rows("select report_id from reports")) == 2


def test_a_key_that_was_stored_and_not_remembered_leads_to_the_same_number_later(door: Door) -> None:
    (first,) = door.ask(keyed(door, "k1"))
    door.rows("delete from idempotency returning key")  # the edge died between the two
    door.now += timedelta(minutes=7)
    (again,) = door.ask(keyed(door, "k1"))
    assert (again.status_code, again.json()) == (201, first.json())
    assert door.rows("select count(*) as n, min(version) as version from reports") == [{"n": 1, "version": 1}]


def test_another_request_under_a_forgotten_key_overwrites_nothing(door: Door) -> None:
    door.ask(keyed(door, "k1"))
    door.rows("delete from idempotency returning key")
    door.ask(keyed(door, "k1", FORM.replace("%3Cb%3E", "other")))
    assert [row["text"] for row in door.rows("select text from reports order by report_id")] == ["<b> &", "other &"]


def test_a_token_leads_to_its_number(door: Door) -> None:
    (number,) = (row["service_request_id"] for row in door.post().json())
    token = door.rows("select external_id from reports")[0]["external_id"]
    assert door.get(f"tokens/{token}.json", "feed").json() == [{"service_request_id": number, "token": token}]
    assert door.get("tokens/none.xml").status_code == 404


def test_what_no_person_said_is_no_request(door: Door) -> None:
    door.rows(
        "insert into reports (source, external_id, channel, title, area, placement, observed_at, received_at, processed_at) "
        "values ('cam', '1', 'video', '火', '320404', 'none', now(), now(), now()) returning report_id"
    )
    (row,) = door.rows("select report_id from reports")
    assert door.get(f"requests/{row['report_id']}.json").status_code == 404
    assert door.get("requests.json").json() == []


@pytest.mark.parametrize("path", ["tokens/%00.json", "tokens/a%09b.xml", "requests/%7F", "services/%C2%85.json", "%00", "nothing.%00"])
def test_a_name_with_control_characters_is_refused(door: Door, path: str) -> None:
    assert door.get(path).status_code == 400


def test_strange_calls_are_refused_in_the_form_asked_for(door: Door) -> None:
    multipart = {"files": {"media": ("a.jpg", b"x", "image/jpeg")}, **door.as_("feed")}
    json_body = {"json": {"service_code": "0503", "lat": 31.78, "long": 119.95}, **door.as_("feed")}
    broken = {"content": b"\xff\xfe", "headers": door.as_("feed")["headers"] | {"Content-Type": "application/json"}}
    large = {"content": b"description=" + b"x" * 300_000, **door.as_("feed")}
    answers = door.ask(
        ("POST", "requests.xml", multipart), ("POST", "requests.json", json_body), ("POST", "requests.json", broken),
        ("POST", "requests.json", large), ("POST", "services.json", door.as_("feed")), ("GET", "nothing.xml", door.as_("read")),
        ("GET", "services.csv", door.as_("read")), ("GET", "services/9999.xml", door.as_("read")), ("GET", "services/0101.xml", door.as_("read")),
        ("GET", "discovery.xml", door.as_("read")), ("DELETE", "requests.xml", door.as_("read")),
    )  # fmt: skip
    assert [answer.status_code for answer in answers] == [400, 201, 400, 400, 404, 404, 400, 404, 200, 200, 405]
    assert fromstring(answers[5].content).findtext("error/code") == "404"
    assert fromstring(answers[9].content).findtext("endpoints/endpoint/url") == "http://here/open311/v2"


def test_the_form_of_the_page_is_taken(door: Door) -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "protocols" / "open311.md").read_text(encoding="utf-8")
    body = page.split("<!-- sample: form -->\n```text\n")[1].split("\n```")[0]
    assert door.post(body).status_code == 201
    assert door.get("requests.json").json()[0]["media_url"] == "https://example.org/1.jpg"
