"""Home Assistant's value templates, as far as they only name a place: `{{ value }}`, `{{ value_json.a['b'] | float | round(1) }}`.

Decides which are read. Evaluates nothing: any other template is refused with its words.
"""

import re
from collections.abc import Sequence
from typing import Any

from core.errors import DecodeError
from core.model import Reason
from ingest.decode.source import clean

LONGEST = 500
MOST_DIGITS = 12  # of round(n)
ABSENT: Any = object()  # a place that this message does not have

_STEP = r"\.[A-Za-z_]\w*|\[\s*(?:'[^'\[\]\\]*'|\"[^\"\[\]\\]*\"|\d{1,4})\s*\]"
_TEMPLATE = re.compile(rf"\s*\{{\{{-?\s*value(?P<json>_json(?P<steps>(?:{_STEP})*))?\s*(?P<filters>(?:\|[^|{{}}]*?)*)-?\}}\}}\s*", re.ASCII)
_STEPS = re.compile(_STEP, re.ASCII)
# A default (`float(0)`) stands for a value that is not there: it is understood, and never taken for one.
_FILTER = re.compile(r"(?P<name>float|int|is_defined|round)\s*(?:\(\s*(?P<digits>-?\d{0,3}(?:\.\d{0,6})?)\s*\))?", re.ASCII)


def read_template(template: object) -> tuple[list[str], list[str]]:
    """The steps into the JSON (none: the whole payload) and the filters, `round` as `round:1`. Raises `DecodeError` (unsupported)."""
    if template is None or template == "":
        return [], []
    text = template if isinstance(template, str) else str(type(template).__name__)
    found = _TEMPLATE.fullmatch(text) if len(text) <= LONGEST else None
    if found is None:
        raise _unread(text)
    steps = [step[1:] if step[0] == "." else step[1:-1].strip().strip("'\"") for step in _STEPS.findall(found["steps"] or "")]
    return steps, [kept for each in found["filters"].split("|")[1:] if (kept := _filter(each.strip(), text))]


def _filter(written: str, template: str) -> str:
    found = _FILTER.fullmatch(written)
    if found is None:
        raise _unread(template)
    if found["name"] == "round":
        digits = found["digits"] or "0"
        if not digits.isdigit() or int(digits) > MOST_DIGITS:
            raise _unread(template)
        return f"round:{digits}"
    return "" if found["name"] == "is_defined" else found["name"]


def _unread(template: str) -> DecodeError:
    return DecodeError(f"template '{clean(template[:160])}' is not among those that are read", Reason.UNSUPPORTED)


def place_in(tree: Any, steps: Sequence[str]) -> Any:
    """What stands at the end of the steps; `ABSENT` when they lead nowhere."""
    for step in steps:
        if isinstance(tree, dict):
            tree = tree.get(step, ABSENT)
        elif isinstance(tree, list) and step.isdigit():
            tree = tree[int(step)] if int(step) < len(tree) else ABSENT
        else:
            return ABSENT
    return tree


def filtered(number: float, filters: Sequence[str]) -> float:
    """A finite number after its filters, in their order."""
    for each in filters:
        if each == "int":
            number = float(int(number))
        elif each.startswith("round:"):
            number = round(number, int(each[6:]))
    return number
