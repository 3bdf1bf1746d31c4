"""Dice that fall the same way again: chance as a function of a seed, a name and a moment.

Nothing here keeps state, so a simulator that was stopped for an hour finds the same city again.
"""

import math
import random
from functools import lru_cache
from hashlib import blake2b


@lru_cache(maxsize=65536)
def trait(key: str, name: str) -> float:
    """A lasting property of `key`, even in 0…1."""
    return int.from_bytes(blake2b(f"{key}|{name}".encode(), digest_size=7).digest()) / 2**56


def dice(*names: object) -> random.Random:
    """A generator that always starts alike for the same names."""
    return random.Random("|".join(map(str, names)))


def drift(key: str, t: float, period_s: float) -> float:
    """A smooth walk in −1…1 over time `t` (epoch s): value noise whose knots lie `period_s` apart."""
    whole, part = divmod(t / period_s, 1.0)
    left, right = trait(key, f"knot{int(whole)}"), trait(key, f"knot{int(whole) + 1}")
    eased = part * part * (3 - 2 * part)
    return 2 * (left + (right - left) * eased) - 1


def flicker(key: str, t: float) -> float:
    """Noise of one measurement, about normal with deviation 1; equal for equal `t` to the second."""
    return dice(key, int(t)).gauss(0, 1)


def poisson(roll: random.Random, mean: float) -> int:
    """How many events fall into an interval that has `mean` on average (Knuth's product method; for small means)."""
    if mean > 30:
        return max(0, round(roll.gauss(mean, math.sqrt(mean))))
    limit, count, product = math.exp(-mean), 0, roll.random()
    while product > limit:
        count += 1
        product *= roll.random()
    return count
