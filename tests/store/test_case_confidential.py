"""What of a case is not for everybody: the words of a confidential ticket, and who called."""

from psycopg.types.json import Jsonb

from tests.desk import NORTH, Desk, Person
from tests.two_units import people as people
from tests.two_units import read


def test_of_a_confidential_ticket_lists_have_the_number_and_who_handles_it_reads_the_words(desk: Desk, people: dict[str, Person]) -> None:
    secret = desk.report(title="举报邻居违建", text="三楼王某", class_code="0101", external_id="YP8", extra=Jsonb({"confidential": True}))
    body = {"report_id": secret, "title": "举报邻居违建", "text": "三楼王某", "dispatch": True, "unit": "drain", "worker": "worker1"}
    number = str(people["duty1"].post("/cases", body).json["number"])
    [row] = people["duty1"].get("/cases").json["cases"]
    assert "王某" not in str(row)
    assert "举报" not in str(row)
    told = {login: read(people, number, login) for login in ("duty1", "worker1", "handler1", "worker2", "boss")}
    assert {login: one["title"] == "举报邻居违建" and one["text"] == "三楼王某" for login, one in told.items()} == {
        "duty1": True, "worker1": True, "handler1": True, "worker2": False, "boss": False,
    }  # fmt: skip
    assert all(one["confidential"] for one in told.values())
    assert not [row for row in desk.rows("select payload from outbox") if "举报" in str(row)]


def test_a_ticket_that_becomes_confidential_veils_its_case(desk: Desk, people: dict[str, Person]) -> None:
    report = desk.report(title="举报邻居违建", class_code="0101", external_id="YP7")
    number = str(people["duty1"].post("/cases", {"report_id": report}).json["number"])
    assert read(people, number, "boss")["title"] == "举报邻居违建"
    with desk.store.connection() as connection:
        connection.execute("update reports set extra = extra || '{\"confidential\": true}' where report_id = %s", [report])
    assert (read(people, number, "boss")["title"], read(people, number)["title"]) == ("保密工单 YP7", "举报邻居违建")


def test_who_calls_is_kept_apart_from_the_case_with_a_report_of_the_call(desk: Desk, people: dict[str, Person]) -> None:
    body = {
        "title": "井盖缺失",
        "class_code": "0101",
        "area": f"{NORTH}001",
        "source": "public",
        "caller": {"name": "王", "phone": "13800000000"},
    }
    case = people["duty1"].post("/cases", body).json
    report = people["duty1"].get(f"/reports/{case['report_id']}").json
    assert (case["source"], report["stage"], report["has_caller"], report["channel"]) == ("public", "confirmed", True, "public")
    assert "13800000000" not in people["duty1"].get(f"/cases/{case['number']}").text


def test_a_drills_caller_makes_no_real_case_of_it(desk: Desk, people: dict[str, Person]) -> None:
    body = {"title": "演练", "class_code": "0101", "area": f"{NORTH}001", "drill": True, "caller": {"name": "王", "phone": "13800000000"}}
    case = people["duty1"].post("/cases", body).json
    assert desk.rows("select r.drill as report, c.drill as case from cases c join reports r using (report_id)") == [
        {"report": True, "case": True}
    ], case
