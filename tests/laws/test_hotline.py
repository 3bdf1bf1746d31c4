"""A ticket follows its case: being told of the same move twice changes nothing, whatever came before."""

from hypothesis import given
from hypothesis import strategies as st

from core.hotline_config import STAGES, HotlineConfig
from dispatch.hotline import TABLE, follow

CONFIG = HotlineConfig(sources=("hotline",))


@given(st.sampled_from(sorted(TABLE)), st.lists(st.sampled_from(sorted(STAGES)), max_size=12))
def test_following_twice_is_following_once(stage: str, moves: list[str]) -> None:
    for move in moves:
        stage = follow(stage, move, CONFIG)
        assert follow(stage, move, CONFIG) == stage
