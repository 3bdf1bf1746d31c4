"""Papers: kept as plain data, set as a page and as PDF; and ledgers as sheets."""

import csv
import io
from datetime import UTC, datetime
from pathlib import Path

import pytest
from openpyxl import load_workbook

from dispatch.paper import Paper, facts, from_plain, heading, note, table, text, to_plain, write_html
from dispatch.paper_pdf import NoFont, find_fonts, share_out
from dispatch.sheets import Sheet, safe, write_csv, write_xlsx

AT = datetime(2026, 11, 22, tzinfo=UTC)
PAPER = Paper(
    "早报 <一>", "2026-11-22", "zh",
    (heading("一、告警"), text("过去\n一天"), note("注"), facts(("新增", "1,234", "较前日 +3"), ("办结", "9")),
     table(("编号", "标题", "数"), [(str(n), "海棠路积水" * 4, "5") for n in range(60)], right=(2,))),
    ("模拟数据",), "生成于今天",
)  # fmt: skip


def test_a_paper_survives_being_plain() -> None:
    assert from_plain(to_plain(PAPER)) == PAPER


def test_a_page_escapes_what_people_wrote_and_runs_nothing() -> None:
    page = write_html(PAPER)
    assert "早报 &lt;一&gt;" in page
    assert ("过去<br>一天" in page, '<th class="right">数</th>' in page, '<b class="mark">模拟数据</b>' in page) == (True, True, True)
    assert ("<script" in page, "style=" in page) == (False, False)


def test_a_table_has_a_cell_for_each_head() -> None:
    with pytest.raises(ValueError, match="each head"):
        table(("a", "b"), [("1",)])


@pytest.mark.parametrize(("needs", "widths"), [
    ([10, 20], [10, 90]), ([50, 50], [50, 50]), ([10, 20, 200], [10, 20, 70]), ([10, 90, 90], [10, 45, 45]), ([90, 90, 90, 90], [25] * 4),
])  # fmt: skip
def test_the_widest_columns_give_way_and_no_room_is_lost(needs: list[float], widths: list[float]) -> None:
    assert share_out(needs, 100) == widths


def test_without_a_font_nothing_is_printed_and_the_way_out_is_told(tmp_path: Path) -> None:
    with pytest.raises(NoFont, match="no font file"):
        find_fonts(str(tmp_path / "none.ttf"))


@pytest.mark.parametrize(("cell", "csv_cell"), [("=1+1", "'=1+1"), ("+86", "'+86"), ("-", "'-"), ("电话 13812345678。", "电话 138****5678。"),
                                                ("3204042026112100001", "3204042026112100001"), (5, 5), (None, None)])  # fmt: skip
def test_no_cell_is_a_formula_or_a_telephone(cell: object, csv_cell: object) -> None:
    assert safe(cell) == csv_cell  # type: ignore[arg-type]


def test_a_sheet_is_read_back_as_it_was_written() -> None:
    sheet = Sheet("督办", ("编号", "标题"), [(1, "积水"), (2, "=cmd")])
    assert list(csv.reader(io.StringIO(write_csv(sheet).decode("utf-8-sig")))) == [["编号", "标题"], ["1", "积水"], ["2", "'=cmd"]]
    page = load_workbook(io.BytesIO(write_xlsx(sheet, AT))).worksheets[0]
    assert [[cell.value for cell in row] for row in page.iter_rows()] == [["编号", "标题"], [1, "积水"], [2, "=cmd"]]
    assert (page.cell(3, 2).data_type, page.freeze_panes) == ("s", "A2")
