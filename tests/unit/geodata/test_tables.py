"""Reading stops where a caller's bound is: a file that never ends costs no more than it may."""

from collections.abc import Callable
from itertools import repeat
from pathlib import Path
from typing import Any

import pytest

from core.errors import Invalid
from geodata import tables
from geodata.tables import read_lines, read_table


def write(path: Path, rows: int) -> Path:
    path.write_text("name\n" + "x\n" * rows, encoding="utf-8")
    return path


READERS: list[Callable[[Path], Any]] = [
    lambda path: read_table(path, {"name": "name"}, "name", most=5).rows,
    lambda path: read_lines(path, most=6),
]


@pytest.mark.parametrize("read", READERS)
def test_as_many_rows_as_may_be_are_read_and_one_more_is_refused(tmp_path: Path, read: Callable[[Path], Any]) -> None:
    assert len(read(write(tmp_path / "a.csv", 5))) in {5, 6}
    with pytest.raises(Invalid, match=r"more than [56] rows"):
        read(write(tmp_path / "b.csv", 6))


@pytest.mark.parametrize("read", READERS)
def test_a_file_without_end_is_not_read_to_its_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, read: Callable[[Path], Any]) -> None:
    def endless(path: Path) -> Any:
        yield 1, ["name"]
        yield from ((2, cells) for cells in repeat(["x"]))

    monkeypatch.setattr(tables, "_csv_lines", endless)
    with pytest.raises(Invalid, match="more than"):
        read(tmp_path / "c.csv")


@pytest.mark.parametrize("read", READERS)
def test_empty_rows_beneath_a_sheet_are_no_rows_and_are_not_read_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, read: Callable[[Path], Any]
) -> None:
    def endless(path: Path) -> Any:
        yield 1, ["name"]
        yield 2, ["x"]
        yield from ((3, cells) for cells in repeat([None]))

    monkeypatch.setattr(tables, "_csv_lines", endless)
    assert read(tmp_path / "d.csv")
