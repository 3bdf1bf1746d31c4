"""Faults are rare, stay for a day where they are a device's own, and spoil only what they are about."""

from sim.faults import Faults, break_packet, clock_off
from sim.model import Plan


def test_most_messages_are_whole(plan: Plan, noon: float) -> None:
    faults = Faults()
    site = plan.sites[0]
    told = [faults.spoil(site, {"smoke": 0.0}, noon + n, {"smoke": 1.0}) for n in range(3000)]
    assert sum(each.values == {"smoke": 0.0} for each in told) > 2950


def test_a_stuck_sensor_repeats_itself_all_day(plan: Plan, noon: float) -> None:
    from dataclasses import replace

    from sim.chance import trait

    day = f"{int(noon // 86400)}"
    name = next(f"x{n}" for n in range(100_000) if trait(f"x{n}", "stuck" + day) < 0.0006)
    site, faults = replace(plan.sites[0], device=name), Faults()
    first = faults.spoil(site, {"smoke": 0.0}, noon, {})
    assert faults.spoil(site, {"smoke": 1.0}, noon + 60, {}).values == first.values


def test_few_clocks_are_wrong(noon: float) -> None:
    wrong = [clock_off(f"d{n}", "1") for n in range(20_000)]
    assert 0 < sum(off != 0 for off in wrong) < 60


def test_a_cut_packet_is_cut_and_the_others_are_untouched() -> None:
    packets = [break_packet(b"[1,2,3,4]", "gw", t) for t in range(20_000)]
    broken = [packet for packet in packets if packet != b"[1,2,3,4]"]
    assert 0 < len(broken) < 20
    assert set(broken) == {b"[1,2"}
