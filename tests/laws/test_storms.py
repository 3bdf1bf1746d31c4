"""A storm never flickers: it begins above what a desk can take, and ends only after its whole span of calm."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from alerts.storm import Load, Storm, judge
from core.storm_config import StormConfig

NOON = datetime(2026, 11, 21, 4, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
CONFIG = StormConfig()


@given(st.lists(st.integers(0, 60), max_size=60))
def test_a_storm_lasts_at_least_as_long_as_its_calm(arrivals: list[int]) -> None:
    storm: Storm | None = None
    for minute, count in enumerate(arrivals):
        now = NOON + minute * MINUTE
        match judge(storm, Load(count, 2), CONFIG, now):
            case "begin":
                assert count > 20
                storm = Storm(1, now, None)
            case "calm" | "again" as what:
                assert storm is not None
                storm = Storm(1, storm.began_at, now if what == "calm" else None)
            case "end":
                assert storm is not None
                assert now - storm.began_at >= CONFIG.calm
                assert all(each < 10 for each in arrivals[minute - 5 : minute + 1])
                storm = None
