"""Plain data that came from outside, as JSON or YAML: which texts, numbers and depths no part of the software takes. Pure.

Decides what is refused everywhere; what a single field may hold is its owner's.
"""

import math
import re
from collections.abc import Mapping
from typing import Any

DEEPEST = 50  # a body of JSON; ours are three or four deep
# Lone surrogates have no UTF-8, control characters no meaning in a text, and U+202A–202E and U+2066–2069 make a line read otherwise than
# it is written ("Trojan Source", CVE-2021-42574). New lines and tabs are people's.
_REFUSED = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_BREAKS = re.compile(r"[\t\n\r]")


def fault_of_text(text: str, one_line: bool = False) -> str | None:
    """Why a text is refused, in words; None: it is not. `one_line`: of titles and names, which have no line breaks."""
    if found := _REFUSED.search(text):
        letter = ord(found[0])
        what = (
            "half of a letter (a lone surrogate)" if 0xD800 <= letter <= 0xDFFF
            else "a mark that turns the direction of writing" if letter in range(0x202A, 0x202F) or letter in range(0x2066, 0x206A)
            else "a control character"
        )  # fmt: skip
        return f"has {what}, U+{letter:04X}, in it: take it away"
    return "is one line: it has no line break or tab" if one_line and _BREAKS.search(text) else None


def fault_of(value: Any, deepest: int = DEEPEST) -> str | None:
    """The first thing in plain data that nobody takes, with its path: 'body.levels.0.above: is no finite number'; None: there is none."""
    waiting: list[tuple[str, Any, int]] = [("", value, 0)]
    while waiting:
        path, one, depth = waiting.pop()
        if depth > deepest:
            return f"nested more than {deepest} deep"
        match one:
            case str():
                fault = fault_of_text(one)
            case float():
                fault = None if math.isfinite(one) else "is no finite number"
            case Mapping():
                fault = next((f"a name {found}" for key in one if isinstance(key, str) and (found := fault_of_text(key))), None)
                waiting += [(f"{path}.{key}" if path else str(key), below, depth + 1) for key, below in one.items()]
            case list() | tuple():
                fault = None
                waiting += [(f"{path}.{number}" if path else str(number), below, depth + 1) for number, below in enumerate(one)]
            case _:
                fault = None
        if fault:
            return f"{path}: {fault}" if path else fault
    return None
