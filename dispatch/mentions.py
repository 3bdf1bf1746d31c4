"""Whom a text means: the names behind an @. A title may hold blanks (值班员 01), so the names decide where one ends, not the text."""

from collections.abc import Sequence


def find_mentions(text: str, names: Sequence[tuple[str, int]]) -> tuple[int, ...]:
    """The accounts of `names` (name, account) that stand behind an @, in their order in the text; the longest name that fits is meant."""
    longest_first = sorted(((name.casefold(), account) for name, account in names if name), key=lambda one: -len(one[0]))
    found: dict[int, None] = {}
    for part in text.casefold().replace("\uff20", "@").split("@")[1:]:
        meant = next((account for name, account in longest_first if _begins(part, name)), None)
        if meant is not None:
            found[meant] = None
    return tuple(found)


def _begins(text: str, name: str) -> bool:
    """`duty1` is not meant by `@duty12`; a Chinese name may be followed by any word."""
    after = text[len(name) : len(name) + 1]
    return text.startswith(name) and not (name[-1].isascii() and name[-1].isalnum() and after.isascii() and after.isalnum())
