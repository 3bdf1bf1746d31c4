"""A table that somebody sends as the body of a call: CSV or Excel, handed on as a file for as long as it is read.

Bounds what an Excel file may unpack to; what its rows mean is the reader's.
"""

import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from api.call import Call, Param
from core.errors import Invalid

FILE_PARAM = Param("file", "the file's name: its ending says whether it is .csv or .xlsx")
APPLY_PARAM = Param("apply", "true: take it; else only tell what it would change", "boolean")
_ENDINGS = frozenset({".csv", ".txt", ".xlsx", ".xlsm"})
_MOST_UNPACKED = 100 * 1024 * 1024
_LONGEST_NAME = 200


@contextmanager
def sent_table(call: Call, name: str | None) -> Iterator[Path]:
    """The body as a file of that name, gone afterwards. Raises `Invalid` for no body, another ending, or a sheet that never ends."""
    said = Path(name or "").name
    if Path(said).suffix.lower() not in _ENDINGS or len(said) > _LONGEST_NAME:
        raise Invalid(f"file: '{said}' is no name of a .csv or .xlsx")
    if not call.body:
        raise Invalid("the body is empty: send the file")
    with tempfile.TemporaryDirectory(prefix="yiping-table-") as folder:
        path = Path(folder) / said
        path.write_bytes(call.body)
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as packed:
                if sum(one.file_size for one in packed.infolist()) > _MOST_UNPACKED:
                    raise Invalid(f"the sheet unpacks to more than {_MOST_UNPACKED // 1024 // 1024} MB")
        try:
            yield path
        except Invalid as error:
            raise Invalid(str(error).replace(f"{path}: ", "").replace(str(path), said)) from None
