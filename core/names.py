"""Patterns of names: which names `*` stands for. Pure, and linear in the name: no pattern that somebody writes can hold up whoever asks.

A regular expression tries every way to share a name out among its stars: twelve of them were minutes on one device.
"""

MOST_STARS = 8


def patterns(texts: tuple[str, ...]) -> tuple[str, ...]:
    """The patterns as they are. Raises `ValueError` for more stars than any name needs."""
    for text in texts:
        if text.count("*") > MOST_STARS:
            raise ValueError(f"'{text[:40]}' has more than {MOST_STARS} stars")
    return texts


def fits(pattern: str, name: str) -> bool:
    """Whether a name is the pattern's; `*` stands for any letters, also none, all else for itself."""
    first, *rest = pattern.split("*")
    if not rest:
        return name == pattern
    *between, last = rest
    end = len(name) - len(last)
    if end < len(first) or not name.startswith(first) or not name.endswith(last):
        return False
    at = len(first)
    for part in between:  # the first place that fits leaves the most for those that follow
        found = name.find(part, at, end)
        if found < 0:
            return False
        at = found + len(part)
    return True
