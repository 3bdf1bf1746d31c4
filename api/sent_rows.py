"""What all ledgers ask of a file of rows, and what they answer: each row's verdict. Reads no row; that is the ledger's."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from api.call import Answer, Param
from api.sent_table import APPLY_PARAM, FILE_PARAM
from core.errors import Invalid
from dispatch.told_rows import VERDICTS
from geodata.datums import DATUMS
from store.table_rows import Take, Taken

FILE_PARAMS = (
    FILE_PARAM, APPLY_PARAM, Param("partial", "true: the good rows although others are refused", "boolean"),
    Param("datum", f"where a row names none: {', '.join(DATUMS)}"),
)  # fmt: skip
MOST_ROWS = 2000  # of one call: a few seconds


def datum_of(wanted: Mapping[str, Any]) -> str:
    """The datum of rows that name none. Raises `Invalid`."""
    datum: str = wanted.get("datum", DATUMS[0])
    if datum not in DATUMS:
        raise Invalid(f"datum: one of {', '.join(DATUMS)}")
    return datum


def take_of(wanted: Mapping[str, Any]) -> Take:
    """Without `apply` it is only looked at; with `partial` the good rows are taken although others are refused."""
    return "nothing" if not wanted.get("apply") else "good" if wanted.get("partial") else "whole"


def verdicts_told(taken: Taken, **more: Any) -> Answer:
    counts = Counter(one.verdict for one in taken.verdicts)
    told = {"counts": {word: counts[word] for word in VERDICTS}, "rows": [asdict(one) for one in taken.verdicts]}
    return Answer({"applied": taken.kept, **more, **told})
