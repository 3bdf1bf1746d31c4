"""Inhibition told with relative seconds through a real database: one hop, nobody without somebody who rings in his stead, no orphans."""

from datetime import timedelta

import pytest

from core.suppress_config import InhibitionConfig, Matcher
from store.acts import Act
from store.alerts import clear_reported
from tests.desk import NORTH, SOUTH
from tests.quiet_town import CITY, Town

GATEWAY = InhibitionConfig(
    name="gateway", source=Matcher(rules=("silent",)), target=Matcher(severity_at_least=2), same=("gateway",), reason="网关失联"
)
DEEP = InhibitionConfig(
    name="deep", source=Matcher(rules=("waterlogging-deep",)), target=Matcher(rules=("hotline-urgent",)), same=("cell",), reason="已知积水"
)
STORM = InhibitionConfig(
    name="storm", source=Matcher(rules=("warning",), severity_at_most=2), target=Matcher(domains=("water",), severity_at_least=4),
    same=("area",), reason="暴雨预警",
)  # fmt: skip


def test_a_gateway_that_is_down_inhibits_what_is_behind_it_and_its_return_tells_of_all(town: Town) -> None:
    town.inhibitions = [GATEWAY]
    box, a, b, c = town.device("box"), town.device("a", "box"), town.device("b", "box"), town.device("c")
    town.lead()
    [down] = town.ring("box", rule="silent", severity=5, device_id=box)
    behind = town.at(1).ring("a/water_depth", device_id=a) + town.ring("b/water_depth", device_id=b)
    [beside] = town.ring("c/water_depth", device_id=c)
    assert town.holds(down, *behind, beside) == ["none", f"alert:{down}", f"alert:{down}", "none"]
    town.at(60).back(down)
    town.at(61).lead()
    assert town.holds(*behind) == ["none", "none"]


def test_a_child_that_rang_before_its_parent_is_held_when_the_parent_rings(town: Town) -> None:
    town.inhibitions = [DEEP]
    town.lead()
    [child] = town.ring("report:12345/1", rule="hotline-urgent")
    [elsewhere] = town.ring("report:12345/2", rule="hotline-urgent", street=SOUTH)
    town.at(1).lead()
    assert town.rows("select 1 from rejudgements") == []
    [parent] = town.at(30).ring("a/water_depth", rule="waterlogging-deep", severity=1)
    town.at(31).lead()
    assert town.holds(child, elsewhere) == [f"alert:{parent}", "none"]
    assert town.one("select hold_why from alerts where alert_id = %s", child) == "已知积水"


def test_parent_and_child_in_one_batch_whatever_their_order(town: Town) -> None:
    town.inhibitions = [DEEP]
    town.lead()
    child, parent = town.save([town.raised("report:1", "hotline-urgent"), town.raised("a/water_depth", "waterlogging-deep")])
    assert town.holds(child, parent) == [f"alert:{parent}", "none"]
    shapes = [row["after"]["hold"] for row in town.rows("select after from change_log where key = %s", str(child))]
    assert shapes == ["suppressed"]


@pytest.mark.parametrize("how", ["returns", "is shelved", "is silenced", "is removed", "is cleared", "is withdrawn", "moves away", "eases"])
def test_there_are_no_orphans_when_a_parent(town: Town, how: str) -> None:
    deep = InhibitionConfig.model_validate({**DEEP.model_dump(), "source": Matcher(rules=("waterlogging-deep",), severity_at_most=2)})
    town.inhibitions = [deep]
    town.lead()
    parent, child = town.ring("a/water_depth", rule="waterlogging-deep", severity=1) + town.ring("report:1", rule="hotline-urgent")
    town.at(5).lead()
    assert town.holds(child) == [f"alert:{parent}"]
    town.at(10)
    match how:
        case "returns":
            town.back(parent)
        case "is shelved":
            town.act(parent, "shelve", until=town.now + timedelta(hours=1))
        case "is silenced":
            town.silence(rules=["waterlogging-deep"])
        case "is removed":
            town.act(parent, "remove")
        case "is cleared":
            with town.store.connection() as connection:
                clear_reported(connection, [{"alert_id": parent, "report_id": 1}], Act("dismiss", CITY, town.now))
        case "is withdrawn":
            town.inhibitions = []
        case "moves away":
            town.rows("update alerts set cell_id = 2 where alert_id = %s returning 1", parent)
        case "eases":
            town.rows("update alerts set severity = 3 where alert_id = %s returning 1", parent)
    town.at(11).lead()
    assert town.holds(child) == ["none"]
    assert town.rows("select 1 from rejudgements") == []


def test_an_acknowledged_parent_still_inhibits_and_one_that_is_unshelved_does_again(town: Town) -> None:
    town.inhibitions = [DEEP]
    town.lead()
    [parent], [child] = town.ring("a/water_depth", rule="waterlogging-deep"), town.ring("report:1", rule="hotline-urgent")
    town.at(5).act(parent, "acknowledge")
    town.at(6).lead()
    assert town.holds(child) == [f"alert:{parent}"]
    town.act(parent, "shelve", until=town.now + timedelta(seconds=10))
    town.at(7).lead()
    assert town.holds(child) == ["none"]
    town.at(16).lead()
    assert town.holds(child) == [f"alert:{parent}"]


def test_a_parent_that_rings_again_inhibits_again(town: Town) -> None:
    town.inhibitions = [DEEP]
    town.lead()
    [parent], [child] = town.ring("a/water_depth", rule="waterlogging-deep"), town.ring("report:1", rule="hotline-urgent")
    town.at(5).back(parent)
    town.at(6).lead()
    town.at(10).again(parent)
    town.at(11).lead()
    assert town.holds(child) == [f"alert:{parent}"]


def test_when_one_of_two_parents_ends_the_other_one_holds_the_child(town: Town) -> None:
    town.inhibitions = [DEEP]
    town.lead()
    grave, mild = town.ring("a/water_depth", rule="waterlogging-deep", severity=1) + town.ring("b/water_depth", rule="waterlogging-deep")
    [child] = town.ring("report:1", rule="hotline-urgent")
    assert town.holds(child) == [f"alert:{grave}"]
    town.at(5).back(grave)
    town.at(6).lead()
    assert town.holds(child) == [f"alert:{mild}"]


def test_one_hop_only_who_is_inhibited_inhibits_nobody(town: Town) -> None:
    town.inhibitions = [GATEWAY, DEEP]
    box, a = town.device("box"), town.device("a", "box")
    town.lead()
    [down] = town.ring("box", rule="silent", severity=5, device_id=box)
    [middle] = town.at(1).ring("a/water_depth", rule="waterlogging-deep", device_id=a)
    [child] = town.at(2).ring("report:1", rule="hotline-urgent")
    for seconds in (3, 4):
        town.at(seconds).lead()
        assert town.holds(down, middle, child) == ["none", f"alert:{down}", "none"]
    town.at(10).back(down)
    town.at(11).lead()
    assert town.holds(middle, child) == ["none", f"alert:{middle}"]


def test_two_that_inhibit_each_other_are_both_told(town: Town) -> None:
    mutual = InhibitionConfig(name="m", source=Matcher(domains=("water",)), target=Matcher(domains=("water",)), same=("cell",), reason="x")
    town.inhibitions = [mutual]
    town.lead()
    alerts = town.ring("a/water_depth", "b/water_depth") + town.at(1).ring("c/water_depth")
    for seconds in (2, 3):
        town.at(seconds).lead()
        assert town.holds(*alerts) == ["none"] * 3


def test_a_device_does_not_inhibit_itself_nor_a_drill_what_is_real(town: Town) -> None:
    town.inhibitions = [DEEP]
    a = town.device("a")
    town.lead()
    town.ring("a/water_depth", rule="waterlogging-deep", device_id=a)
    town.ring("drill/water_depth", rule="waterlogging-deep", drill=True)
    [own, real] = town.ring("a/x", rule="hotline-urgent", device_id=a) + town.ring("report:1", rule="hotline-urgent", device_id=a)
    town.at(1).lead()
    assert town.holds(own, real) == ["none", "none"]


def test_a_warning_for_the_district_inhibits_in_all_its_streets_and_one_for_a_street_only_there(town: Town) -> None:
    town.inhibitions = [STORM]
    town.lead()
    [street] = town.ring("report:w1", rule="warning", severity=2, area=NORTH)
    north, south = town.ring("a/rain", severity=4), town.ring("b/rain", street=SOUTH, severity=4)
    assert town.holds(*north, *south) == [f"alert:{street}", "none"]
    [district] = town.at(5).ring("report:w2", rule="warning", severity=1, area="320404")
    town.at(6).lead()
    assert town.holds(*north, *south) == [f"alert:{district}"] * 2


def test_a_silence_goes_before_an_inhibition_and_leaves_the_child_to_the_parent_when_it_ends(town: Town) -> None:
    town.inhibitions = [DEEP]
    town.lead()
    silence = town.silence(60, rules=["hotline-urgent"])
    [parent], [child] = town.ring("a/water_depth", rule="waterlogging-deep"), town.ring("report:1", rule="hotline-urgent")
    assert town.holds(child) == [f"silence:{silence}"]
    town.at(60).lead()
    assert town.holds(child) == [f"alert:{parent}"]


GRID = InhibitionConfig(
    name="grid", source=Matcher(rules=("silent",)), target=Matcher(rules=("waterlogging",)), same=("duty_grid",), reason="网关失联"
)


@pytest.mark.parametrize("led_between", [True, False])
@pytest.mark.parametrize(
    ("shared", "moves"), [(GATEWAY, "update devices set gateway = 'other' where device = 'a'"), (GRID, "update cells set duty_grid = 'g2'")]
)
def test_a_child_that_moves_away_from_its_parent_is_told_at_once_and_never_orphaned(
    town: Town, shared: InhibitionConfig, moves: str, led_between: bool
) -> None:
    town.inhibitions = [shared]
    box, a = town.device("box"), town.device("a", "box")
    town.lead()
    [down], [child] = town.ring("box", rule="silent", severity=5, device_id=box), town.ring("a/water_depth", device_id=a)
    town.at(2).lead()
    assert town.holds(down, child) == ["none", f"alert:{down}"]
    town.rows(f"{moves} returning 1")
    if led_between:
        town.at(3).lead()
        assert town.holds(child) == ["none" if shared is GATEWAY else f"alert:{down}"]  # a grid moves with both
    town.at(10).back(down)
    town.at(11).lead()
    assert town.holds(child) == ["none"]


def test_a_parent_that_ends_is_left_by_whomever_it_held_also_without_a_word_of_the_table_that_moved_them(town: Town) -> None:
    town.inhibitions = [GATEWAY]
    box, a = town.device("box"), town.device("a", "box")
    town.lead()
    [down], [child] = town.ring("box", rule="silent", severity=5, device_id=box), town.ring("a/water_depth", device_id=a)
    town.at(2).lead()
    town.rows("with moved as (update devices set gateway = 'other' where device = 'a' returning 1) select * from moved")
    town.rows("delete from rejudgements returning 1")
    town.at(10).back(down)
    town.at(11).lead()
    assert town.holds(child) == ["none"]
