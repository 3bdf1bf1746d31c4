"""The codes of HJ 212: what a metric's name means, its usual unit, which commands and systems there are.

Facts only (`hj212.json`: tables 5, 9, B.1–B.4 of HJ 212-2017, additions of 2025, ozone of HJ 524-2009). Decides nothing about
a device: the unit its values come in is the registry's.
"""

import json
import re
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

_FILE = Path(__file__).with_name("hj212.json")
_METRIC = re.compile(r"(?:(?P<factor>[^-.]+)-)?(?P<code>[^-.]+)-(?P<kind>[a-z]+)(?:\.(?P<period>\w+))?")
_EQUIPMENT = re.compile(r"sb(\d+)")
_PERIODS = {
    "minute": ("分钟", "minute "),
    "hour": ("小时", "hourly "),
    "day": ("日", "daily "),
    "raw": ("原始", "raw "),
    "check": ("标样核查", "check "),
}


class Quantity(NamedTuple):
    """A factor of the standard. `emission_unit` is that of its totals (`cou`), `old_code` that of HJ/T 212-2005.

    Where `unit_by_device` stands, the table's unit proves nothing: devices send µg/m³ where it says ng/m³ or mg/m³.
    """

    code: str
    label: str
    label_en: str
    unit: str
    emission_unit: str
    old_code: str
    unit_by_device: bool


class Described(NamedTuple):
    """What screens call a metric of the wire; `unit` is empty where only the device knows it."""

    label: str
    label_en: str
    unit: str


class Command(NamedTuple):
    """A CN: who may send it (`up` from the field, `down` from the host, `both`) and since which edition."""

    code: str
    label: str
    label_en: str
    direction: str
    edition: int


@cache
def _facts() -> dict[str, Any]:
    facts: dict[str, Any] = json.loads(_FILE.read_text(encoding="utf-8"))
    return facts


@cache
def quantities() -> dict[str, Quantity]:
    """All factors by their code."""
    by_device = set(_facts()["unit_by_device"])
    return {code: Quantity._make((code, *row, code in by_device)) for code, row in _facts()["quantities"].items()}


@cache
def commands() -> dict[str, Command]:
    """All commands by CN."""
    return {code: Command(code, *row) for code, row in _facts()["commands"].items()}


@cache
def systems() -> dict[str, tuple[str, str]]:
    """Names of the systems by ST, in Chinese and English."""
    return {code: (label, label_en) for code, (label, label_en) in _facts()["systems"].items()}


@cache
def _by_any_code() -> dict[str, Quantity]:
    known = quantities().values()
    return {each.old_code.lower(): each for each in known if each.old_code} | {each.code.lower(): each for each in known}


def quantity(code: str) -> Quantity | None:
    """The factor of a code of 2017 and 2025, of 2005 (`011`, `B01`), or the letters `O3`; in any case."""
    word = code.lower()
    return _by_any_code().get("a05024" if word == "o3" else word)


@lru_cache(maxsize=4096)
def described(metric: str) -> Described | None:
    """What `a34004-avg.hour` means; None for private codes and for names of other wires.

    The number of a 2005 code stays in the label: stations outside the standard use the same numbers otherwise.
    """
    found = _METRIC.fullmatch(metric)
    words = found and _facts()["kinds"].get(found["kind"])
    if not found or not words:
        return None
    code, kind = found["code"], found["kind"]
    if equipment := _EQUIPMENT.fullmatch(code):
        return Described(f"设备{equipment[1]} {words[0]}", f"Equipment {equipment[1]}, {words[1]}", "h" if kind == "rt" else "")
    known = quantity(found["factor"] or code)
    if known is None:
        return None
    unit = known.emission_unit if kind == "cou" else "" if known.unit_by_device or kind in ("info", "sn") else known.unit
    extra = f" {code}" if found["factor"] else f" ({code})" if known.code.lower() != code else ""
    period = _PERIODS.get(found["period"] or "")
    return Described(
        f"{known.label}{extra} {period[0] if period else ''}{words[0]}",
        f"{known.label_en}{extra}, {period[1] if period else ''}{words[1]}",
        unit,
    )
