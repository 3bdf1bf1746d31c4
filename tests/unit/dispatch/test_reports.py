"""Reports and incidents end where their tables say, and stay there."""

from types import ModuleType

import pytest

from dispatch import incidents, reports


@pytest.mark.parametrize("table", [reports, incidents])
def test_readers_get_no_act_and_the_tables_are_closed(table: ModuleType) -> None:
    assert {stage for acts in table.TABLE.values() for stage in acts.values()} <= set(table.TABLE)
    assert all(table.allowed_acts(stage, role) == () for stage in table.TABLE for role in ("leader", "wall", "auditor"))


def test_placing_and_classifying_leave_the_stage() -> None:
    for stage in ("open", "confirmed"):
        assert reports.advance(stage, "place") == reports.advance(stage, "classify") == stage


def test_nobody_handles_or_releases_an_incident_by_hand() -> None:
    for role in ("duty", "supervisor", "dispatcher"):
        for stage in incidents.TABLE:
            assert not {"handle", "release"} & set(incidents.allowed_acts(stage, role))
