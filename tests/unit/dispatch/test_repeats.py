"""Counts against chance: the figures of textbooks, many comparisons at once, and what can never be told."""

import random

import pytest

from dispatch import repeats
from dispatch.repeats import compare, crowded


def test_a_difference_that_chance_often_makes_is_no_trend() -> None:
    assert [one.change for one in compare([(3, 1), (12, 9), (40, 12), (2, 30), (5, None)])] == ["few", "chance", "more", "less", "unknown"]


def test_the_exact_test_says_what_a_table_of_the_binomial_says() -> None:
    (told,) = compare([(9, 1)])
    assert told.p == pytest.approx(2 * 11 / 1024)  # 9 or 10 heads of 10, or as many tails
    (even,) = compare([(5, 5)])
    assert (even.change, even.p) == ("chance", 1.0)


def test_a_shorter_span_before_is_expected_to_hold_less() -> None:
    assert compare([(60, 30)], length=2.0)[0].change == "chance"
    assert compare([(60, 30)])[0].change == "more"


def test_of_a_thousand_pairs_of_like_counts_hardly_one_is_called_more() -> None:
    roll = random.Random(7)
    pairs = [(sum(roll.random() < 0.3 for _ in range(40)), sum(roll.random() < 0.3 for _ in range(40))) for _ in range(1000)]
    assert sum(one.change in ("more", "less") for one in compare(pairs)) == 0
    assert sum(one.change == "more" for one in compare([*pairs, (70, 8)])) == 1


def test_a_place_is_crowded_only_beyond_what_an_even_spread_brings() -> None:
    counts = [9, 2, 2, 1, 1, 1]
    assert crowded(counts, 1000) == [True, False, False, False, False, False]
    assert crowded([5, 3, 3, 2, 2, 1], 6) == [False] * 6
    assert crowded([2], 100_000) == [False]  # twice is a coincidence, however empty the city
    assert crowded([], 10) == []
    assert crowded([3], 0) == [False]


def test_great_counts_are_judged_as_small_ones_are() -> None:
    near, far = repeats._binomial(2520, 5000, 0.5), repeats._binomial(2521, 5002, 0.5)
    assert near == pytest.approx(far, rel=0.02)
    assert repeats._poisson_tail(5000, 4900) == pytest.approx(repeats._poisson_tail(5001, 4901), rel=0.03)
