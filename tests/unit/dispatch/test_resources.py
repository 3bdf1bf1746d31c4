"""The ledger of resources as a table: each row is taken or says why not."""

from dispatch.resources import read_rows


def test_rows_of_a_chinese_table_are_read_with_their_tags_place_and_area() -> None:
    rows = [
        (
            3,
            {
                "code": "T1",
                "kind": "队伍",
                "name": "排涝一队",
                "tags": "排涝、转移",
                "lon": 119.9,
                "lat": "31.7",
                "quantity": 12,
                "measure": "人",
            },
        )
    ]
    [one], faults = read_rows(rows, lambda lon, lat: "320404001")
    assert (one.kind, one.tags, one.area, one.lon, one.quantity, faults) == ("team", ("排涝", "转移"), "320404001", 119.9, 12.0, [])


def test_every_row_that_cannot_be_taken_is_named_with_the_reason() -> None:
    good: dict[str, object] = {"code": "A", "kind": "team", "name": "a", "area": "320404"}
    rows: list[tuple[int, dict[str, object]]] = [
        (2, good), (3, good), (4, {**good, "code": "B", "kind": "船"}), (5, {"code": "C", "kind": "team", "name": "c"}),
        (6, {**good, "code": "D", "lon": 31.7, "lat": 119.9}), (7, {**good, "code": "E", "lon": 119.9}),
        (8, {**good, "code": "F", "quantity": "many"}), (9, {"kind": "team", "name": "g", "area": "320404"}),
    ]  # fmt: skip
    found, faults = read_rows(rows, lambda lon, lat: None)
    assert [one.code for one in found] == ["A"]
    assert [fault.row for fault in faults] == [3, 4, 5, 6, 7, 8, 9]
    assert "perhaps the two are exchanged" in faults[3].why
