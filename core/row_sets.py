"""The named row sets that figures of evaluation are made of, and the small language formulas name them in. Knows no table.

`due & closed - forced` are the rows of a period that are due and closed and not forced. The database says of each row in which sets it
stands, one bit each in the order below (`case_sets`, `order_sets`, `revisit_sets`, migrations 0034, 0039); which rows a figure counts is
decided here.
"""

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

# The first six tell what fell into the period, the others what the row is like now. The last two are of expedite orders issued in the
# period: rows of their own beside those of cases, so that two orders on one case count twice.
CASE_SETS = (
    "reported", "registered", "dispatched", "due", "finished", "ended",
    "was_registered", "was_dispatched", "was_taken", "was_finished", "closed", "forced", "void", "open", "postponed",
    "in_time", "closed_by_due", "pending", "reworked", "sent_back", "expedited", "extended", "reopened", "ordered", "unanswered",
)  # fmt: skip
REVISIT_SETS = ("revisited", "valid", "contacted", "solved", "satisfied", "basically_satisfied", "dissatisfied")
SETS: Mapping[str, tuple[str, ...]] = {"cases": CASE_SETS, "hotline": REVISIT_SETS}
# What a mean is a mean of: seconds between two moments of a row (`indicators_*` of `store/queries`).
MEASURES: Mapping[str, tuple[str, ...]] = {"cases": ("taking", "handling", "closing"), "hotline": ()}
# A row that may still change a figure: neither ended nor late.
UNDECIDED: Mapping[str, str] = {"cases": "open & in_time", "hotline": ""}

_TERM = re.compile(r"\s*([&-]?)\s*([a-z_]+)")


@dataclass(frozen=True, slots=True)
class RowSet:
    """Rows that stand in all of `need` and in none of `forbid`, both masks of bits."""

    need: int
    forbid: int

    def holds(self, sets: int) -> bool:
        return sets & self.need == self.need and not sets & self.forbid

    def also(self, other: "RowSet") -> "RowSet":
        """The rows of both."""
        return RowSet(self.need | other.need, self.forbid | other.forbid)

    def without(self, other: "RowSet") -> "list[RowSet]":
        """The rows of this one that are not of the other, as sets that share no row: the first each fails, with those before it held."""
        found, held = [], self
        for bit in _bits(other.need):
            found.append(RowSet(held.need, held.forbid | bit))
            held = RowSet(held.need | bit, held.forbid)
        for bit in _bits(other.forbid):
            found.append(RowSet(held.need | bit, held.forbid))
            held = RowSet(held.need, held.forbid | bit)
        return [one for one in found if not one.need & one.forbid]


def _bits(mask: int) -> list[int]:
    return [1 << bit for bit in range(mask.bit_length()) if mask >> bit & 1]


@cache
def read_row_set(text: str, subject: str) -> RowSet:
    """`due & closed - forced`: joined from left to right. Raises `ValueError` in words for whoever writes the configuration."""
    names, need, forbid, at = SETS[subject], 0, 0, 0
    while at < len(text.rstrip()):
        found = _TERM.match(text, at)
        if found is None or (not found[1] and at) or (found[1] and not at):
            raise ValueError(f"'{text}' is no row set; write sets joined by & (and) or - (without), like 'due & closed - forced'")
        if found[2] not in names:
            near = difflib.get_close_matches(found[2], names, 1)
            hint = f"did you mean '{near[0]}'?" if near else f"there are {', '.join(names)}"
            raise ValueError(f"no row set of {subject} is called '{found[2]}'; {hint}")
        bit = 1 << names.index(found[2])
        need, forbid = (need, forbid | bit) if found[1] == "-" else (need | bit, forbid)
        at = found.end()
    if not text.strip() or need & forbid:
        raise ValueError(f"'{text}' holds no row" + ("" if text.strip() else "; name a row set"))
    return RowSet(need, forbid)


def names_of(mask: int, subject: str) -> list[str]:
    """The sets of a mask, in their order."""
    return [name for bit, name in enumerate(SETS[subject]) if mask >> bit & 1]
