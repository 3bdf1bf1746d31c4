"""What a report may repeat, and how often people found a camera's candidates to be nothing: through the API."""

from datetime import timedelta
from typing import Any

import pytest
from psycopg.types.json import Jsonb

from core.incident_config import IncidentConfig
from tests.desk import NORTH, SOUTH, Desk, Person


@pytest.fixture
def duty(desk: Desk) -> Person:
    return desk.sign_in(desk.app(), "duty1")


def complaint(desk: Desk, number: str, title: str = "长江路积水没过脚踝", area: str = NORTH, **more: Any) -> int:
    return desk.report(area, **{"external_id": number, "title": title, "lon": 119.905, "lat": 31.785, **more})


def test_a_report_names_the_five_complaints_it_is_most_like_with_score_and_reason(desk: Desk, duty: Person) -> None:
    one = complaint(desk, "1")
    same = [complaint(desk, f"s{n}", lon=119.905 + n * 0.0002, observed_at=desk.now - timedelta(hours=n)) for n in range(1, 8)]
    alike = duty.get(f"/reports/{one}").json["alike"]
    assert [row["id"] for row in alike] == same[:5]
    assert alike[0]["score"] == 1.0
    assert alike[0]["reason"] == {"same_class": True, "distance_m": pytest.approx(18.9, abs=0.2), "apart_s": 3600.0}
    assert alike[0]["incident_id"] is None


@pytest.mark.parametrize(
    "other",
    [
        {"lon": 119.912}, {"observed_at": timedelta(hours=73)}, {"class_code": "0101"}, {"title": "路灯不亮"}, {"drill": True}, {"stage": "dismissed"},
        {"channel": "video"}, {"lon": None, "lat": None}, {"class_code": None},
    ],
)  # fmt: skip
def test_what_is_elsewhere_long_ago_or_something_else_is_not_alike(desk: Desk, duty: Person, other: dict[str, Any]) -> None:
    if "observed_at" in other:
        other = {"observed_at": desk.now - other["observed_at"]}
    one = complaint(desk, "1")
    complaint(desk, "2", **other)
    assert duty.get(f"/reports/{one}").json["alike"] == []


def test_classes_of_one_configured_family_are_alike(desk: Desk) -> None:
    incidents = IncidentConfig.model_validate({"compatible": [["0502", "1101"]]})
    desk.config = desk.config.model_copy(update={"incidents": incidents})
    duty = desk.sign_in(desk.app(), "duty1")
    one, two = complaint(desk, "1", class_code="0502"), complaint(desk, "2", class_code="1101")
    [alike] = duty.get(f"/reports/{one}").json["alike"]
    assert (alike["id"], alike["reason"]["same_class"]) == (two, False)


def test_nobody_is_shown_what_is_alike_in_anothers_area(desk: Desk, duty: Person) -> None:
    one = complaint(desk, "1")
    complaint(desk, "2", area=SOUTH)
    assert len(duty.get(f"/reports/{one}").json["alike"]) == 1
    assert desk.sign_in(desk.app(), "north").get(f"/reports/{one}").json["alike"] == []


def test_the_candidates_of_a_square_with_thousands_of_complaints_come_by_index(desk: Desk) -> None:
    desk.rows(
        "insert into reports (source, external_id, channel, title, class_code, area, placement, lon, lat, observed_at, received_at, processed_at) "
        "select 's', n::text, 'hotline', 't', '05' || (n %% 9), '320404001', 'inside', 119 + n * 1e-5, 31.7, now() - n * interval '10 min', now(), now() "
        "from generate_series(1, 20000) n returning 1"
    )
    with desk.store.connection() as connection:
        connection.execute("analyze reports")
        plan = connection.execute(
            "explain select report_id from reports where left(class_code, 2) = any(array['05']) and class_code is not null and lon is not null "
            "and observed_at between now() - interval '73 h' and now() - interval '70 h' and lon between 119.1 and 119.2"
        )
        assert "reports_left_observed_at_idx" in "".join(next(iter(row.values())) for row in plan)


def seen(desk: Desk, number: int, stage: str, camera: str = "c1", label: str = "person", **more: Any) -> None:
    desk.report(**{"area": NORTH, "source": "frigate", "external_id": f"v{number}", "channel": "video", "stage": stage,
                   "extra": Jsonb({"camera": camera, "label": label}), **more})  # fmt: skip


def test_the_rate_of_false_candidates_counts_what_people_decided_by_camera_and_by_algorithm(desk: Desk, duty: Person) -> None:
    stages = ["dismissed", "dismissed", "confirmed", "merged", "open"]
    for number, stage in enumerate(stages):
        seen(desk, number, stage)
    seen(desk, 10, "dismissed", camera="c2", label="fire")
    seen(desk, 11, "open", camera="c3")
    seen(desk, 12, "dismissed", drill=True)
    seen(desk, 13, "dismissed", observed_at=desk.now - timedelta(days=31))
    seen(desk, 14, "dismissed", channel="hotline")
    answer = duty.get("/reports/verdicts").json
    assert (answer["by"], answer["indicator"], answer["formula"]) == (
        "camera",
        "false_positive_rate",
        "dismissed / (dismissed + confirmed)",
    )
    rows = [(row["camera"], row["numerator"], row["denominator"], row["percent"], row["open"]) for row in answer["verdicts"]]
    assert rows == [("c1", 2, 4, 50.0, 1), ("c2", 1, 1, 100.0, 0), ("c3", 0, 0, None, 1)]
    algorithms = duty.get("/reports/verdicts?by=algorithm").json["verdicts"]
    assert [(row["algorithm"], row["numerator"], row["denominator"]) for row in algorithms] == [("person", 2, 4), ("fire", 1, 1)]
    assert duty.get("/reports/verdicts?by=colour").status_code == 422
    assert duty.get(f"/reports/verdicts?area={SOUTH}").json["verdicts"] == []
    south = desk.with_token(desk.app(), "read", area=SOUTH)
    assert south.get("/reports/verdicts").json["verdicts"] == []


def test_a_dismissal_at_the_desk_is_counted(desk: Desk, duty: Person) -> None:
    seen(desk, 1, "open")
    [report] = duty.get("/reports?channel=video").json["reports"]
    assert duty.post(f"/reports/{report['id']}/acts", {"act": "dismiss", "note": "树影"}).status_code == 200
    [row] = duty.get("/reports/verdicts").json["verdicts"]
    assert (row["numerator"], row["denominator"], row["percent"]) == (1, 1, 100.0)


def test_what_a_person_placed_stays_where_the_person_put_it(desk: Desk, duty: Person) -> None:
    report_id = complaint(desk, "1", lon=None, lat=None, placement="none")
    placed = duty.post(f"/reports/{report_id}/acts", {"act": "place", "lon": 119.905, "lat": 31.785})
    assert placed.status_code == 200
    assert desk.rows("select by_hand from reports") == [{"by_hand": ["place"]}]


def test_a_confidential_complaint_is_proposed_by_its_number_to_the_desk_alone(desk: Desk, duty: Person) -> None:
    one = complaint(desk, "1")
    two = complaint(desk, "2", extra=Jsonb({"confidential": True}))
    assert [(row["id"], row["title"]) for row in duty.get(f"/reports/{one}").json["alike"]] == [(two, "保密工单 2")]
    assert desk.sign_in(desk.app(), "boss").get(f"/reports/{one}").json["alike"] == []
