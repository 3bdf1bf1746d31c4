"""Times as Chinese systems write them: year first, without an offset, padded or not. Decides nothing about the zone."""

import re
from datetime import datetime

_PLAIN = re.compile(
    r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T]{0,3}(\d{1,2})[:时点](\d{1,2})(?:[:分](?:(\d{1,2})秒?)?)?)?", re.ASCII
)


def plain_time(text: str) -> datetime | None:
    """2026/1/5 9:03, 2026-01-05 09:03:00, 2026年1月5日9时3分, 20260105090300 → naive; None for what is written otherwise.

    Raises `ValueError` for a month of 13.
    """
    if text.isascii() and text.isdigit() and len(text) in (12, 14) and text[:2] in ("19", "20"):
        text = f"{text[:4]}-{text[4:6]}-{text[6:8]} {text[8:10]}:{text[10:12]}:{text[12:] or '00'}"
    found = _PLAIN.fullmatch(text)
    if found is None:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups())
    return datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 — the zone is the feed's
