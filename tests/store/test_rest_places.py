"""What an address may mean, placing on a suggestion, and taking a teaching back, over HTTP."""

from typing import Any

import pytest

from geodata.gazetteer_places import PlaceEntry
from store.gazetteer import save_places
from tests.desk import NORTH, SOUTH, Desk


@pytest.fixture
def desk(desk: Desk) -> Desk:
    spots = (31.785, f"{NORTH}001"), (31.705, f"{SOUTH}001")
    with desk.store.connection() as connection:
        save_places(connection, "test", [PlaceEntry("金色新城", "estate", 119.905, lat, area) for lat, area in spots], desk.now)
    return desk


def matches(person: Any, address: str, **more: Any) -> Any:
    return person.ask("GET", f"/gazetteer/matches?address={address}" + "".join(f"&{name}={value}" for name, value in more.items()))


def test_suggestions_say_how_sure_they_are_and_why_and_keep_to_the_readers_areas(desk: Desk) -> None:
    app = desk.app()
    everywhere, north = desk.sign_in(app, "duty1"), desk.sign_in(app, "north")
    answer = matches(everywhere, "钟楼区金色新城3幢").json
    assert answer["normalised"] == "金色新城"
    assert answer["place_from"] == desk.config.places.place_from
    assert [(one["name"], one["why"]) for one in answer["matches"][:2]] == [("金色新城", ["estate", "ambiguous"])] * 2
    assert [one["area"] for one in matches(north, "金色新城").json["matches"]] == [f"{NORTH}001"]
    decided = matches(everywhere, "金色新城", area=f"{SOUTH}001").json["matches"][0]
    assert decided["area"] == f"{SOUTH}001"
    assert decided["confidence"] > 0.9


@pytest.mark.parametrize(
    "query", ["", "?address=", "?address=%20", f"?address={'a' * 500}", "?address=a&limit=0", "?address=a&limit=99", "?foo=1"]
)
def test_a_question_without_an_address_is_refused(desk: Desk, query: str) -> None:
    assert desk.sign_in(desk.app(), "duty1").get(f"/gazetteer/matches{query}").status_code == 422


def test_placing_on_a_suggestion_teaches_and_forgetting_takes_it_back_and_leaves_the_report(desk: Desk) -> None:
    person = desk.sign_in(desk.app(), "duty1")
    report_id = desk.report(placement="none", address="金色新城那边", area="320404")
    spot = matches(person, "金色新城那边", area=f"{NORTH}001").json["matches"][0]
    body = {"act": "place", "lon": spot["lon"], "lat": spot["lat"], "place_id": spot["place_id"]}
    placed = person.post(f"/reports/{report_id}/acts", body)
    assert (placed.status_code, placed.json["placement"]) == (200, "inside")
    taught = person.get(f"/gazetteer/taught?report={report_id}").json["taught"]
    assert [(one["said"], one["name"], one["taught_by"], one["forgotten_at"]) for one in taught] == [
        ("金色新城那边", "金色新城", "duty1", None)
    ]
    later = matches(person, "金色新城那边").json
    forgotten = person.post(f"/gazetteer/taught/{taught[0]['id']}/acts", {"act": "forget"})
    assert (forgotten.status_code, forgotten.json["forgotten_by"]) == (200, "duty1")
    assert later["matches"]
    assert person.get(f"/reports/{report_id}").json["placement"] == "inside"
    assert person.post(f"/gazetteer/taught/{taught[0]['id']}/acts", {"act": "burn"}).status_code == 409
    assert person.post("/gazetteer/taught/999/acts", {"act": "forget"}).status_code == 404


def test_machines_place_without_teaching_and_may_not_forget(desk: Desk) -> None:
    app = desk.app()
    machine, person = desk.with_token(app, "act"), desk.sign_in(app, "duty1")
    report_id = desk.report(placement="none", address="金色新城那边", area="320404")
    assert machine.post(f"/reports/{report_id}/acts", {"act": "place", "lon": 119.905, "lat": 31.785}).status_code == 200
    assert person.get("/gazetteer/taught").json["taught"] == []
    person.post(f"/reports/{report_id}/acts", {"act": "place", "lon": 119.905, "lat": 31.785})
    taught = person.get("/gazetteer/taught").json["taught"]
    assert len(taught) == 1
    assert machine.post(f"/gazetteer/taught/{taught[0]['id']}/acts", {"act": "forget"}).status_code == 403


def test_a_place_that_is_none_refuses_the_whole_act(desk: Desk) -> None:
    person = desk.sign_in(desk.app(), "duty1")
    report_id = desk.report(placement="none", address="金色新城那边", area="320404")
    answer = person.post(f"/reports/{report_id}/acts", {"act": "place", "lon": 119.905, "lat": 31.785, "place_id": 999})
    assert answer.status_code == 404
    assert person.get(f"/reports/{report_id}").json["placement"] == "none"
