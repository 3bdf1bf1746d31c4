"""How exactly a computed mean is taken before it is held against a limit.

Decides only what floats add and what was measured: decimals would round a small figure to its limit or to nothing. Standards
that prescribe a rounding (HJ 633, the scale of winds, grades of rain) keep their own.
"""

JUDGED = 9  # digits: far more than any instrument tells, far fewer than the noise of adding floats


def significant(value: float, digits: int = JUDGED) -> float:
    """`value` in so many significant digits, whatever its size and unit."""
    return float(f"{value:.{digits}g}")
