"""Whose part of the picture is whose: a street's user has the street, a community's worker the community's rows and no sums."""

import json
from datetime import datetime

from api.snapshot import Picture, Supply, compose_snapshot, part_for
from core.config import Config
from core.model import Scope

STREET = "320404001"
PART = json.dumps(
    {
        "figures": {"devices": 9},
        "cells": {"risk": [[1], [2]]},
        "cases": [{"number": "a", "area": f"{STREET}001"}, {"number": "b", "area": f"{STREET}002"}],
        "alerts": [{"id": 1, "area": f"{STREET}002"}],
    }
).encode()


def test_a_street_and_all_above_it_get_the_part_as_it_is(config: Config) -> None:
    for area in ("3204", "320404", STREET):
        assert part_for(Scope("duty", (area,)), STREET, PART, config) is PART


def test_a_community_gets_its_own_rows_and_nothing_of_the_streets(config: Config) -> None:
    worker = Scope("grid_worker", (f"{STREET}001",), 7)
    part = part_for(worker, STREET, PART, config)
    assert part is not None
    assert json.loads(part) == {"cases": [{"number": "a", "area": f"{STREET}001"}], "alerts": []}
    assert part_for(worker, STREET, b'{"figures":{"devices":9}}', config) is None


def test_what_is_elsewhere_or_nowhere_is_not_shown(config: Config) -> None:
    worker = Scope("grid_worker", (f"{STREET}001",), 7)
    assert part_for(worker, "320404002", PART, config) is None
    assert part_for(worker, "", PART, config) is None
    assert part_for(Scope("duty", ("320404",)), "", PART, config) is PART


def test_notices_are_for_whom_they_name_wherever_they_live_and_for_no_wall(config: Config) -> None:
    notices = [{"id": 1, "accounts": [7, 8], "area": STREET}, {"id": 2, "accounts": [9], "area": STREET}]
    part = json.dumps({"alerts": [{"id": 1, "area": f"{STREET}002"}], "notices": notices}).encode()

    def told(*areas: str, account: int | None) -> list[int] | None:
        seen = part_for(Scope("duty", areas, account), STREET, part, config)
        rows = json.loads(seen).get("notices") if seen is not None else None
        assert all("accounts" not in row for row in rows or [])
        return None if rows is None else [row["id"] for row in rows]

    assert [told("320404", account=7), told("320404", account=9), told("320404", account=5), told("320404", account=None)] == [
        [1],
        [2],
        None,
        None,
    ]
    assert told(f"{STREET}001", account=8) == [1], "an officer of a community gets theirs too"
    assert told("320405", account=9) == [2]
    assert part_for(Scope("wall", ("320405",)), STREET, part, config) is None


def test_the_curve_of_each_domain_is_part_of_the_whole_and_of_what_a_reader_sees(config: Config, now: datetime) -> None:
    bucket = int(now.timestamp()) // 900 * 900
    told = [
        ("water", None, 2, STREET),
        (None, "0502", 3, STREET),
        (None, "0101", 5, STREET),
        (None, None, 7, STREET),
        ("water", None, 11, "320404002"),
    ]
    rows = [{"bucket": bucket, "street": street, "domain": domain, "class_code": code, "n": n} for domain, code, n, street in told]
    picture = Picture(7, now, {STREET: b"{}", "320404002": b"{}"}, rows, None, [], {}, simulated=False, drill=False)
    trend = json.loads(compose_snapshot(picture, Scope("duty", (STREET,)), "wall", config, Supply()))["trend"]
    assert trend["today"] == [[bucket, 17]]
    assert {name: days["today"] for name, days in trend["domains"].items()} == {
        "emergency": [], "urban": [[bucket, 5]], "environment": [], "water": [[bucket, 5]],
    }  # fmt: skip
