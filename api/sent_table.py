"""A table that somebody sends as the body of a call: CSV or Excel, handed on as a file for as long as it is read.

Bounds what an Excel file may unpack to; what its rows mean is the reader's.
"""

import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from api.call import Call, Param
from core.errors import Invalid
from core.plain import fault_of_text

FILE_PARAM = Param("file", "the file's name: its ending says whether it is .csv or .xlsx")
APPLY_PARAM = Param("apply", "true: take it; else only tell what it would change", "boolean")
WHY_PARAM = Param("why", "with apply: the reason, for those who read the history")
_ENDINGS = frozenset({".csv", ".txt", ".xlsx", ".xlsm"})
_MOST_UNPACKED = 100 * 1024 * 1024
_LONGEST_NAME, _LONGEST_WHY = 200, 500  # letters
MOST_ROWS = 3000  # of one call: a month's roster of a district is a row a person, a city's standards are some hundreds


@contextmanager
def sent_table(call: Call, name: str | None) -> Iterator[tuple[Path, str]]:
    """The body as a file, gone afterwards, and what it is called by whoever sent it.

    Raises `Invalid` for no body, another ending, or a sheet that never ends.
    """
    said = Path(name or "").name
    suffix = Path(said).suffix.lower()
    if suffix not in _ENDINGS or len(said) > _LONGEST_NAME:
        raise Invalid(f"file: '{said}' is no name of a .csv or .xlsx")
    if not call.body:
        raise Invalid("the body is empty: send the file")
    with tempfile.TemporaryDirectory(prefix="yiping-table-") as folder:
        path = Path(folder) / f"table{suffix}"  # a name of theirs may be longer than a disk takes
        path.write_bytes(call.body)
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as packed:
                if sum(one.file_size for one in packed.infolist()) > _MOST_UNPACKED:
                    raise Invalid(f"the sheet unpacks to more than {_MOST_UNPACKED // 1024 // 1024} MB")
        try:
            yield path, said
        except Invalid as error:
            raise Invalid(str(error).replace(f"{path}: ", "").replace(str(path), said)) from None


def read_why(wanted: Mapping[str, Any]) -> str:
    """The reason of a table that is taken. Raises `Invalid` without one."""
    why = str(wanted.get("why") or "").strip()
    if not why or len(why) > _LONGEST_WHY or fault_of_text(why, one_line=True):
        raise Invalid(f"why: say why in a line of at most {_LONGEST_WHY} letters, for those who read the history")
    return why
