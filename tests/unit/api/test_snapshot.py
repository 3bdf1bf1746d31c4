"""Whose part of the picture is whose: a street's user has the street, a community's worker the community's rows and no sums."""

import json

from api.snapshot import part_for
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
