"""Whether a count says anything: more than before or only chance, crowded at one place or as any even spread would be. Pure.

Counts of rare things vary by themselves: 3 after 1 is no trend. Each comparison is a test, many comparisons are corrected for being many,
and what was counted in a time of which nothing is known is unknown. Decides no words: screens say what a verdict means.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import erfc, exp, lgamma, log, sqrt
from typing import Literal

Change = Literal["more", "less", "chance", "few", "unknown"]
ERROR = 0.05  # of all that is called more, less or crowded this share may be chance
_MANY = 5_000  # from here on the normal curve is as good as the sum
_REPEAT = 3  # twice at one place is a coincidence that a city brings every day
_LEAST = 5  # of both spans together: fewer can never be told from chance at that error


@dataclass(frozen=True, slots=True)
class Told:
    """What a pair of counts says; `p`: how likely chance alone makes such a difference or a greater one."""

    change: Change
    p: float | None


def compare(pairs: Sequence[tuple[int, int | None]], length: float = 1.0) -> list[Told]:
    """Each count against its count before, all of them judged together. `length`: how long this span is over that one, 1 where alike.

    Exact conditional test of two Poisson counts (Przyborowski and Wilenski 1940), two-sided; corrected for the number of comparisons
    after Benjamini and Hochberg 1995.
    """
    share = length / (1 + length)
    tested = {
        place: _binomial(now, now + then, share) for place, (now, then) in enumerate(pairs) if then is not None and now + then >= _LEAST
    }
    found = _discoveries(list(tested.values()))
    told: list[Told] = []
    for place, (now, then) in enumerate(pairs):
        if then is None:
            told.append(Told("unknown", None))
        elif place not in tested:
            told.append(Told("few", None))
        elif tested[place] <= found:
            told.append(Told("more" if now > (now + then) * share else "less", tested[place]))
        else:
            told.append(Told("chance", tested[place]))
    return told


def crowded(counts: Sequence[int], places: int) -> list[bool]:
    """Which places hold more than an even spread of all over `places` would bring about by chance.

    Poisson tail at the mean of all places, those without any too; corrected for their number as above.
    """
    if places <= 0:
        return [False] * len(counts)
    mean = sum(counts) / places
    tails = [_poisson_tail(count, mean) for count in counts]
    found = _discoveries([*tails, *[1.0] * (places - len(counts))])
    return [count >= _REPEAT and tail <= found for count, tail in zip(counts, tails, strict=True)]


def _discoveries(chances: Sequence[float]) -> float:
    """The largest chance that still counts as a finding; below nought where none does."""
    ranked = sorted(chances)
    return max((p for rank, p in enumerate(ranked, 1) if p <= ERROR * rank / len(ranked)), default=-1.0)


def _binomial(hits: int, of: int, share: float) -> float:
    """Two-sided: twice the smaller tail, at most 1."""
    if of > _MANY:
        return erfc(max(0.0, abs(hits - of * share) - 0.5) / sqrt(2 * of * share * (1 - share)))
    lower = sum(_term(k, of, share) for k in range(hits + 1))
    upper = 1 - lower + _term(hits, of, share)
    return min(1.0, 2 * min(lower, upper))


def _term(hits: int, of: int, share: float) -> float:
    ways = lgamma(of + 1) - lgamma(hits + 1) - lgamma(of - hits + 1)
    return exp(ways + hits * log(share) + (of - hits) * log(1 - share))


def _poisson_tail(count: int, mean: float) -> float:
    """The chance of `count` or more."""
    if count <= 0:
        return 1.0
    if mean <= 0:
        return 0.0
    if count > _MANY:
        return 0.5 * erfc((count - 0.5 - mean) / sqrt(2 * mean))
    return max(0.0, 1 - sum(exp(k * log(mean) - mean - lgamma(k + 1)) for k in range(count)))
