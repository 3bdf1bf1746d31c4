"""Phones in the field against a real database: what is doubted is kept and shown, what is configured is refused, voices are stored and heard."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from PIL import Image
from PIL.TiffImagePlugin import IFDRational

from core.field_config import FieldConfig
from store import field
from store.media import path_of
from tests.desk import NORTH, Desk, Person, later, picture
from tests.unit.ingest.test_voices import OGG

PLACE = {"lon": 119.905, "lat": 31.785}


@pytest.fixture
def people(desk: Desk) -> dict[str, Person]:
    app = desk.app()
    return {login: desk.sign_in(app, login) for login in ("duty1", "supervisor", "worker1", "worker2")}


def given(desk: Desk, people: dict[str, Person]) -> str:
    """A case at a known place, taken by worker1 25 minutes ago."""
    answer = people["duty1"].post("/cases", {"title": "井盖缺损", "class_code": "0503", "dispatch": True, **PLACE, "worker": "worker1"})
    assert answer.status_code == 201, answer.text
    number = str(answer.json["number"])
    assert said(people["worker1"], number, "take").status_code == 200
    later(desk, minutes=25)
    return number


def said(person: Person, number: str, act: str, sent_at: Any = None, **fields: Any) -> Any:
    headers = {"X_Yiping_Phone_Time": sent_at.isoformat()} if sent_at else {}
    return person.post(f"/cases/{number}/acts", {"act": act, **fields}, **headers)


def test_an_arrival_from_elsewhere_on_a_wrong_clock_counts_and_says_so(desk: Desk, people: dict[str, Person]) -> None:
    number = given(desk, people)
    phone = desk.now + timedelta(hours=3)
    done = (phone - timedelta(minutes=20)).isoformat()
    answer = said(people["worker1"], number, "arrive", phone, lon=119.95, lat=31.785, accuracy_m=20, done_at=done)
    assert (answer.status_code, answer.json.get("stage")) == (200, "on_site"), answer.text
    [position] = people["supervisor"].get(f"/cases/{number}").json["positions"]
    assert sorted(position["doubts"]) == ["clock", "far"]
    assert position["distance_m"] == pytest.approx(4250, abs=50)
    assert position["done_at"].startswith((desk.now - timedelta(minutes=20)).isoformat()[:19])
    assert (position["act"], position["who"], position["clock_off_s"]) == ("arrive", "worker1", 10800)


def test_an_arrival_without_a_position_counts_and_is_marked(desk: Desk, people: dict[str, Person]) -> None:
    number = given(desk, people)
    assert said(people["worker1"], number, "arrive").status_code == 200
    assert [one["doubts"] for one in people["duty1"].get(f"/cases/{number}").json["positions"]] == [["no_position"]]


def test_what_the_city_refuses_changes_nothing_and_keeps_nothing(desk: Desk, people: dict[str, Person]) -> None:
    desk.config = desk.config.model_copy(update={"field": FieldConfig(refuse=("far", "no_position"))})
    number = given(desk, people)
    for fields in ({}, {"lon": 119.95, "lat": 31.785}):
        refused = said(people["worker1"], number, "arrive", **fields)
        assert refused.status_code == 422, refused.text
    assert "m away" in refused.json["detail"]
    case = people["duty1"].get(f"/cases/{number}").json
    assert (case["stage"], case["positions"]) == ("handling", [])
    assert said(people["worker1"], number, "arrive", **PLACE).status_code == 200


def test_nobody_is_at_two_ends_of_the_city_within_a_minute(desk: Desk, people: dict[str, Person]) -> None:
    first, second = given(desk, people), given(desk, people)
    assert said(people["worker1"], first, "arrive", lon=119.96, lat=31.785).status_code == 200
    later(desk, minutes=1)
    assert said(people["worker1"], second, "arrive", **PLACE).status_code == 200
    [position] = people["duty1"].get(f"/cases/{second}").json["positions"]
    assert position["doubts"] == ["too_fast"]


def test_the_same_arrival_sent_twice_is_one(desk: Desk, people: dict[str, Person]) -> None:
    """With another clock at the second try: the header is no part of what is compared."""
    number = given(desk, people)
    for minutes in (0, 5):
        phone = desk.now + timedelta(minutes=minutes)
        headers = {"Idempotency_Key": "k1", "X_Yiping_Phone_Time": phone.isoformat()}
        body = {"act": "arrive", **PLACE, "done_at": desk.now.isoformat()}
        assert people["worker1"].post(f"/cases/{number}/acts", body, **headers).status_code == 200
    assert len(people["duty1"].get(f"/cases/{number}").json["positions"]) == 1


def test_a_photo_from_elsewhere_is_kept_with_the_cameras_place_and_marked(desk: Desk, people: dict[str, Person]) -> None:
    number = given(desk, people)
    exif = Image.Exif()
    exif[0x010F] = "Maker"
    degrees = (IFDRational(31), IFDRational(0), IFDRational(0))
    exif.get_ifd(0x8825).update({1: "N", 2: degrees, 3: "E", 4: (IFDRational(119), IFDRational(0), IFDRational(0))})
    where = f"lon={PLACE['lon']}&lat={PLACE['lat']}&accuracy_m=5"
    answer = people["worker1"].post(f"/media?case={number}&role=after&{where}", picture(exif=exif))
    assert answer.status_code == 201
    case = people["duty1"].get(f"/cases/{number}").json
    [position] = case["positions"]
    assert (position["media_id"], position["doubts"]) == (answer.json["media_id"], ["far"])
    assert (case["media"][0]["lon"], case["media"][0]["lat"]) == (119, 31)
    kept = path_of(desk.media, answer.json["media_id"]).read_bytes()
    assert b"Exif" not in kept


def test_a_voice_note_is_stored_and_heard_and_is_no_photo_of_the_result(desk: Desk, people: dict[str, Person]) -> None:
    number = given(desk, people)
    said(people["worker1"], number, "arrive", **PLACE)
    assert people["worker1"].post(f"/media?case={number}&role=after", OGG).status_code == 422
    assert people["worker1"].post(f"/media?case={number}&seconds=900", OGG).status_code == 422
    answer = people["worker1"].post(f"/media?case={number}&seconds=12.5", OGG)
    assert (answer.status_code, answer.json["kind"]) == (201, "audio/ogg")
    heard = people["duty1"].get(f"/media/{answer.json['media_id']}")
    assert (heard.data, heard.content_type) == (OGG, "audio/ogg")
    [medium] = people["duty1"].get(f"/cases/{number}").json["media"]
    assert (medium["kind"], medium["seconds"]) == ("audio/ogg", 12.5)
    assert said(people["worker1"], number, "finish").status_code == 422, "words are no photo"


@pytest.mark.parametrize("body", [b"not a picture at all", b"", b"\xff\xd8\xff\xe0" + b"x" * 200])
def test_what_is_neither_picture_nor_voice_is_refused_in_words(desk: Desk, people: dict[str, Person], body: bytes) -> None:
    number = given(desk, people)
    refused = people["worker1"].post(f"/media?case={number}&role=after", body)
    assert (refused.status_code, "JPEG, PNG or WebP" in refused.json["detail"]) == (422, True)
    assert desk.rows("select count(*) as n from media") == [{"n": 0}]


def test_what_one_did_is_never_sent_as_anothers(desk: Desk, people: dict[str, Person]) -> None:
    """Somebody else signed in on the same phone: the header names whose work it is."""
    number = given(desk, people)
    body = {"act": "arrive", **PLACE}
    refused = people["worker2"].post(f"/cases/{number}/acts", body, X_Yiping_Account=str(desk.people["worker1"]))
    assert refused.status_code == 401
    assert people["worker1"].post(f"/cases/{number}/acts", body, X_Yiping_Account=str(desk.people["worker1"])).status_code == 200


def test_positions_are_seen_within_the_area_alone(desk: Desk, people: dict[str, Person]) -> None:
    number = given(desk, people)
    said(people["worker1"], number, "arrive", **PLACE)
    south = replace(desk.scope("duty1", "duty"), areas=("320404002",))
    for areas, count in ((south, 0), (replace(south, areas=(NORTH,)), 1)):
        with desk.web_store.scoped(areas) as connection:
            found = connection.execute("select count(*) as n from field_positions").fetchone()
            assert found == {"n": count}


def test_a_phone_in_a_pocket_stays_signed_in_through_a_shift(desk: Desk, people: dict[str, Person]) -> None:
    later(desk, hours=11)
    assert (people["worker1"].get("/cases").status_code, people["duty1"].get("/cases").status_code) == (200, 401)
    later(desk, hours=13)
    assert people["worker1"].get("/cases").status_code == 401


def test_where_somebody_was_is_for_him_and_who_keeps_the_work_and_is_forgotten_with_the_tracks(
    desk: Desk, people: dict[str, Person]
) -> None:
    number = given(desk, people)
    said(people["worker1"], number, "arrive", lon=119.95, lat=31.785, accuracy_m=20)
    people["worker1"].post(f"/media?case={number}&role=after&lon=119.905&lat=31.785", picture())
    for login in ("worker1", "supervisor", "duty1"):
        case = people[login].get(f"/cases/{number}").json
        position, medium = case["positions"][0], case["media"][0]
        assert (position["lon"], position["lat"], position["accuracy_m"]) == (119.95, 31.785, 20), login
        assert (medium["lon"], medium["lat"], medium["created_by"]) == (119.905, 31.785, desk.people["worker1"]), login
    people["boss"] = desk.sign_in(desk.app(), "boss")
    for login in ("worker2", "boss"):
        case = people[login].get(f"/cases/{number}").json
        position, medium = case["positions"][0], case["media"][0]
        assert (medium["lon"], medium["lat"], medium["created_by"], medium["role"]) == (None, None, None, "after"), login
        assert (position["lon"], position["lat"], position["accuracy_m"]) == (None, None, None), login
        assert (position["doubts"], position["distance_m"]) == (["far"], pytest.approx(4250, abs=50))
    with desk.store.connection() as connection:
        assert [field.forget_positions(connection, desk.now + timedelta(hours=hours)) for hours in (-1, 1)] == [0, 2]
