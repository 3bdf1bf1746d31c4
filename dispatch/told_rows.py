"""Rows of a ledger as people write them, in a request or in a file: their texts, kinds and places, and what becomes of each. Pure.

Which fields a ledger has is its own; whether a row is stored is for whoever stores it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from core.errors import Invalid
from core.model import Position
from core.plain import fault_of_text
from geodata.datums import DATUMS

VERDICTS = ("created", "changed", "unchanged", "refused")


class Kind(Protocol):
    """A kind of a configuration, as far as people call it by name."""

    @property
    def label(self) -> str: ...

    @property
    def label_en(self) -> str: ...


class Refusal(Invalid):
    """Why one row cannot be taken: `key` and `values` say it to people (`ledgers.file.why.*`), the detail to machines."""

    def __init__(self, key: str, detail: str, **values: object) -> None:
        self.key, self.values = key, values
        super().__init__(detail)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of one row: `created`, `changed` (which fields), `unchanged`, or `refused` and why. `row` as its owner counts."""

    verdict: str
    code: str
    name: str = ""
    row: int = 0
    changed: tuple[str, ...] = ()
    why: str = ""
    key: str = ""
    values: Mapping[str, object] = field(default_factory=dict)


def refused(error: Invalid, code: str, name: str = "", row: int = 0) -> Verdict:
    """The verdict on one that cannot be taken."""
    key, values = (error.key, error.values) if isinstance(error, Refusal) else ("", {})
    return Verdict("refused", code, name, row, why=str(error), key=key, values=values)


def told_text(name: str, value: object, longest: int) -> str:
    """A field as a text of at most so many letters, "" for nothing; of one line but for a `note`. Raises `Refusal`, `Invalid`."""
    if value is None:
        return ""
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        raise Invalid(f"{name}: a text")
    text = str(value).strip()
    if fault := fault_of_text(text, one_line=name != "note"):
        raise Refusal("text", f"{name}: {fault}", field=name)
    if len(text) > longest:
        raise Refusal("long", f"{name}: at most {longest} letters", field=name, most=longest)
    return text


def told_kind(word: str, kinds: Mapping[str, Kind]) -> str:
    """The code of a kind by its code or by what it is called. Raises `Refusal`."""
    for code, one in kinds.items():
        if word in (code, one.label, one.label_en):
            return code
    there = ", ".join(f"{code} ({one.label})" for code, one in kinds.items())
    raise Refusal("kind", f"kind: '{word}' is none; there are {there}", word=word, there="、".join(one.label for one in kinds.values()))


def told_position(fields: Mapping[str, Any], datum: str) -> Position | None:
    """The place that `lon`, `lat` and perhaps `datum` name; None without. Raises `Refusal`."""
    lon, lat = fields.get("lon"), fields.get("lat")
    if lon in (None, "") and lat in (None, ""):
        return None
    try:
        position = Position(float(str(lon)), float(str(lat)), str(fields.get("datum") or datum).lower())
    except ValueError as error:
        raise Refusal("degrees", "lon and lat must be degrees") from error
    if not (-180 <= position.lon <= 180 and -90 <= position.lat <= 90):
        raise Refusal("degrees", "lon and lat must be degrees")
    if position.datum not in DATUMS:
        there = ", ".join(DATUMS)
        raise Refusal("datum", f"datum: '{position.datum}' is none of {there}", word=position.datum, there=there)
    return position
