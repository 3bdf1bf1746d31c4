"""What a check of `./yiping doctor` found."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """`lacking` keeps Yiping from running; `note` does not, but somebody should know."""

    GOOD = "good"
    NOTE = "note"
    LACKING = "lacking"


@dataclass(frozen=True)
class Finding:
    """One line of the doctor's report: what was looked at, how it is, and how to mend it."""

    what: str
    verdict: Verdict
    detail: str
    mend: str = ""


def good(what: str, detail: str) -> Finding:
    return Finding(what, Verdict.GOOD, detail)


def note(what: str, detail: str, mend: str) -> Finding:
    return Finding(what, Verdict.NOTE, detail, mend)


def lacking(what: str, detail: str, mend: str) -> Finding:
    return Finding(what, Verdict.LACKING, detail, mend)
