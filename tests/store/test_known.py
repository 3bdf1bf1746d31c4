"""A second caller meets what is known: near, of the class, under the same address; and joins it without a second case."""

from datetime import timedelta
from typing import Any

from flask import Flask

from tests.desk import NORTH, SOUTH, Desk, Person

HERE: dict[str, Any] = {"lon": 119.905, "lat": 31.785}


def case(desk: Desk, number: str, **fields: Any) -> None:
    row = {"title": "雨水口堵塞", "class_code": "0502", "severity": 3, "stage": "handling", "area": f"{NORTH}001", "cell_id": 1,
           "opened_at": desk.now, "updated_at": desk.now, "case_number": number, **HERE, **fields}  # fmt: skip
    desk.insert("cases", row, "case_number")


def known(person: Person, **wanted: Any) -> list[str]:
    query = "&".join(f"{name}={value}" for name, value in wanted.items())
    return [f"{one['kind']} {one['number']}" for one in person.get(f"/cases/known?{query}").json["known"]]


def test_a_request_for_time_of_a_drill_is_marked_as_one(desk: Desk, app: Flask) -> None:
    for number, drill in (("true", False), ("drill", True)):
        case(desk, number, drill=drill)
        row = {"case_number": number, "kind": "extension", "stage": "asked", "reason": "材料未到", "asked_at": desk.now, "until_at": desk.now + timedelta(days=1),
               "area": f"{NORTH}001"}  # fmt: skip
        desk.insert("case_adjustments", row, "adjustment_id")
    found = desk.sign_in(app, "dispatcher").get("/cases/adjustments").json["adjustments"]
    assert {one["number"]: one["drill"] for one in found} == {"true": False, "drill": True}


def test_what_is_near_and_of_the_class_is_known_what_is_far_or_over_is_not(desk: Desk, app: Flask) -> None:
    case(desk, "near", lat=31.7868)
    case(desk, "far", lat=31.85)
    case(desk, "over", stage="closed", closed_at=desk.now)
    case(desk, "drill", drill=True)
    case(desk, "other", class_code="0107")
    desk.report(external_id="r", **HERE)
    desk.insert("incidents", {"title": "积水", "class_code": "0505", "domain": "water", "severity": 3, "stage": "open", "area": f"{NORTH}001",
                              "opened_at": desk.now, "updated_at": desk.now, **HERE}, "incident_id")  # fmt: skip
    person = desk.sign_in(app, "dispatcher")
    assert known(person, class_code="0502", **HERE) == ["report 1", "case near", "incident 1"], "the same class first, then the compatible"
    assert known(person, class_code="0107", **HERE) == ["case other"]
    assert len(known(person, **HERE)) == 4, "without a class all that is near"
    assert known(person, class_code="0502", lon=119.95, lat=31.785) == []


def test_the_same_address_is_known_without_a_position(desk: Desk, app: Flask) -> None:
    case(desk, "one", lon=None, lat=None, address="北大街 12 号门前")
    person = desk.sign_in(app, "dispatcher")
    assert known(person, class_code="0502", address="北大街 12 号") == ["case one"]
    assert known(person, class_code="0502", address="北大") == [], "two letters fit everywhere"
    assert known(person, address="南大街 1 号") == []


def test_nobody_is_told_of_other_areas(desk: Desk, app: Flask) -> None:
    case(desk, "south", area=f"{SOUTH}001", cell_id=2)
    assert known(desk.sign_in(app, "north"), class_code="0502", **HERE) == []


def test_a_second_caller_joins_and_their_data_stay_apart(desk: Desk, app: Flask) -> None:
    person = desk.sign_in(app, "duty1")
    opened = person.post("/cases", {"class_code": "0502", "title": "积水", **HERE}).json
    caller = {"name": "王女士", "phone": "13800000000"}
    joined = person.post(f"/incidents/{opened['incident_id']}/reports", {"source": "hotline", "text": "水没过脚踝", "caller": caller})
    assert (joined.status_code, joined.json["number"]) == (201, opened["number"])
    [report] = desk.rows("select stage, incident_id, channel, text from reports")
    assert report == {"stage": "merged", "incident_id": opened["incident_id"], "channel": "hotline", "text": "水没过脚踝"}
    assert person.get(f"/reports/{joined.json['report_id']}/caller").json["phone"] == caller["phone"]
    said = str(desk.rows("select after from change_log")) + str(desk.rows("select detail, note from audit"))
    assert "13800000000" not in said
    assert "王女士" not in said
    assert [line["act"] for line in person.get(f"/cases/{opened['number']}").json["audit"]] == ["open", "join"]
    assert desk.sign_in(app, "boss").post(f"/incidents/{opened['incident_id']}/reports", {}).status_code == 403


ADDRESSES = (
    "常州市经开区遥观镇遥观南路 8 号",
    "遥观南路 8 号",
    "遥观南路",
    "南路 8 号西侧 20 米",
    "某小区 3 幢",
    "Yaoguan South Road 8",
    "",
    "三个字",
)
SAID = (
    "遥观南路 8 号",
    "常州市经开区遥观镇遥观南路 8 号院内",
    "路 8 号",
    "某小区 3 幢楼下",
    "south road 8",
    "South Road 8 gate",
    "江苏省常州市",
)


def test_under_an_address_are_exactly_those_that_hold_it_or_lie_in_it(desk: Desk, app: Flask) -> None:
    for number, address in enumerate(ADDRESSES):
        case(desk, f"a{number}", lon=None, lat=None, address=address)
    case(desk, "none", lon=None, lat=None)
    case(desk, "over", lon=None, lat=None, address=ADDRESSES[0], stage="closed", closed_at=desk.now)
    person = desk.sign_in(app, "dispatcher")
    for said in SAID:
        alike = [f"case a{number}" for number, one in enumerate(ADDRESSES) if len(one) >= 4 and (said in one or one in said)]
        assert sorted(known(person, address=said)) == alike, said


def test_what_others_may_not_see_takes_no_place_among_those_looked_at_under_an_address(desk: Desk, app: Flask) -> None:
    case(desk, "mine", lon=None, lat=None, address="遥观南路 8 号", opened_at=desk.now - timedelta(days=9))
    with desk.store.connection() as connection:
        connection.execute(
            "insert into cases (case_number, title, class_code, severity, stage, area, address, drill, opened_at, updated_at) "
            "select n, '积水', '0502', 3, case mod(n, 3) when 0 then 'voided' else 'handling' end, case mod(n, 3) when 1 then %s else %s end, '遥观南路 8 号', mod(n, 3) = 2, "
            "%s, %s from generate_series(1, 603) n", [f"{SOUTH}001", f"{NORTH}001", desk.now, desk.now],
        )  # fmt: skip
    assert known(desk.sign_in(app, "north"), address="遥观南路 8 号") == ["case mine"]


def test_the_address_is_looked_up_in_an_index(desk: Desk) -> None:
    with desk.store.connection() as connection:
        connection.execute(
            "insert into cases (case_number, title, class_code, severity, stage, area, address, opened_at, updated_at) "
            "select n, '积水', '0502', 3, 'handling', %s, '某路' || n || '号', %s, %s from generate_series(1, 3000) n", [f"{NORTH}001", desk.now, desk.now],
        )  # fmt: skip
        connection.execute("analyze cases")
        for fits in ("address_pieces(address) @> address_pieces('遥观南路')", "right(address, 8) = any('{遥观南路}')"):
            plan = str(connection.execute(f"explain select 1 from cases where closed_at is null and {fits}").fetchall())
            assert "cases_address_" in plan
