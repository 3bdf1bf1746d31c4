"""Troubles come by chance, the same again for the same seed, faster with SPEED, and end."""

from sim.model import Trouble
from sim.troubles import AILMENTS, opening_scene, outages_at, troubles_at

SITES = {
    kind: [f"{kind}-{n}" for n in range(200)]
    for kind in ("gas", "smoke", "manhole", "bin", "camera", "dust", "air", "noise", "hydrant", "quality", "pond")
}
LEAK = Trouble("k", "gas leak", "gas-1", "gas", starts_at=100, grows_for=10, lasts_for=100, fades_for=20, peak=60)


def test_a_trouble_grows_lasts_and_fades() -> None:
    assert [LEAK.strength(t) for t in (90, 105, 150, 220, 240)] == [0, 0.5, 1, 0.5, 0]


def test_what_is_mended_fades_at_once() -> None:
    assert LEAK.strength(150, cured_at=140) == 0.5
    assert LEAK.strength(200, cured_at=140) == 0
    assert LEAK.strength(150, cured_at=90) == 1  # mended before it began: another trouble


def test_the_same_seed_has_the_same_troubles(noon: float) -> None:
    assert troubles_at(7, noon, SITES, 5000, 1.0, 28800) == troubles_at(7, noon, SITES, 5000, 1.0, 28800)
    assert troubles_at(7, noon, SITES, 5000, 1.0, 28800) != troubles_at(8, noon, SITES, 5000, 1.0, 28800)


def test_what_has_ended_is_not_listed(noon: float) -> None:
    assert all(trouble.ends_at > noon for trouble in troubles_at(7, noon, SITES, 5000, 1.0, 28800))


def test_a_district_at_rest_has_a_believable_number_of_troubles(noon: float) -> None:
    under_way = [
        sum(trouble.starts_at <= t for trouble in troubles_at(seed, t, SITES, 5000, 1.0, 28800))
        for seed in range(10)
        for t in (noon, noon + 6 * 3600)
    ]
    assert 6 <= sum(under_way) / len(under_way) <= 35


def test_speed_makes_things_happen_oftener_and_end_sooner(noon: float) -> None:
    def begun(speed: float) -> list[Trouble]:
        return [trouble for trouble in troubles_at(7, noon, SITES, 5000, speed, 28800) if trouble.starts_at >= noon]

    slow, fast = begun(1.0), begun(10.0)
    assert len(fast) > 4 * max(1, len(slow))
    assert max(trouble.grows_for + trouble.lasts_for for trouble in fast) < 2000


def test_ailments_stay_within_the_hours_they_belong_to(noon: float) -> None:
    night = noon - 9 * 3600
    found = [trouble for seed in range(20) for trouble in troubles_at(seed, night, SITES, 5000, 1.0, 28800)]
    names = {trouble.kind for trouble in found if trouble.starts_at >= night}
    assert "site dust" not in names
    assert all(ailment.hours[0] < ailment.hours[1] for ailment in AILMENTS)


def test_about_four_in_a_thousand_devices_are_silent(noon: float) -> None:
    devices = [f"d{n}" for n in range(5000)]
    silent = [sum(o.starts_at <= noon for o in outages_at(seed, noon, devices, {"g": devices[:40]}, 1.0)) for seed in range(20)]
    assert 8 <= sum(silent) / len(silent) <= 50


def test_the_first_minutes_show_a_leak_that_turns_red(noon: float) -> None:
    scene = opening_scene(SITES, 1, noon)
    assert {trouble.metric for trouble in scene} >= {"gas", "manhole_tilt"}
    assert all(noon < trouble.starts_at < noon + 90 for trouble in scene)
