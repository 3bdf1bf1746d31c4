"""Figures as Excel and CSV: a line a figure with numerator and denominator, the formulas, the rows marked with what they count for.

Writes row by row (openpyxl's write-only mode). A text that a spreadsheet would take for a formula is marked as text.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from api.call import Answer
from core.config import Config
from core.evaluation_config import IndicatorConfig
from dispatch.indicators import rows_of, weight_of

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"
_FIGURES = ("维度 By", "编码 Key", "名称 Name", "指标 Indicator", "公式编号 Formula id", "分子 Numerator", "分母 Denominator", "数值 Value",
            "单位 Unit", "未定 Undecided", "环比值 Before", "同比值 Year before")  # fmt: skip
_FORMULAS = ("指标 Indicator", "英文 English", "公式编号 Formula id", "类型 Kind", "分子 Numerator", "分母 Denominator", "用时 Measure",
             "权重 Weights")  # fmt: skip
_ROWS = (
    "编号 Number", "标题 Title", "状态 Stage", "主办单位 Unit", "区域 Area", "责任网格 Grid", "人员 Worker", "类别 Class", "来源 Source",
    "上报 Reported", "应结案 Due", "处置完成 Finished", "结案 Closed", "处置用时(h) Handling",
)  # fmt: skip
_UNITS = {"rate": "%", "mean": "h", "count": "", "score": "分"}
_FORMULA_LIKE = re.compile(r"[=+\-@\t\r]")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f]")


@dataclass(frozen=True, slots=True)
class Told:
    """Tables of figures by dimension, those they are compared with, and how the formulas are told."""

    label: str
    tables: Mapping[str, Sequence[Mapping[str, Any]]]
    compared: Mapping[str, Mapping[str, Sequence[Mapping[str, Any]]]]
    formulas: Mapping[str, Mapping[str, Any]]


def of_body(body: Mapping[str, Any]) -> Told:
    """From what `GET /indicators/{subject}` answers."""
    names = [name for name in ("before", "year_before") if name in body]
    tables = _tables(body)
    compared = {name: _tables({"by": body["by"], **body[name]}) for name in names}
    return Told(body["label"], tables, compared, {one["code"]: one for one in body["formulas"]})


def _tables(body: Mapping[str, Any]) -> dict[str, Sequence[Mapping[str, Any]]]:
    found: dict[str, Sequence[Mapping[str, Any]]] = {"total": [body["total"]]} if "total" in body else {}
    return found if body["by"] == "total" else {**found, body["by"]: body["rows"]}


def of_report(report: Mapping[str, Any]) -> Told:
    """From a frozen report."""
    return Told(report["label"], report["figures"], report["compared"], {one["code"]: one for one in report["formulas"]})


def figure_lines(told: Told) -> Iterator[tuple[Any, ...]]:
    """A line for each figure; those it is compared with stand beside it."""
    beside = {
        (name, by, row["key"]): row["figures"]
        for name, tables in told.compared.items() for by, rows in tables.items() if isinstance(rows, list) for row in rows
    }  # fmt: skip
    for by, rows in told.tables.items():
        for row in rows:
            for code, formula in told.formulas.items():
                figure = row["figures"][code]
                others = [beside.get((name, by, row["key"]), {}).get(code, {}).get("value") for name in ("before", "year_before")]
                yield (
                    by, row["key"], row["name"], formula["label"], formula["formula_id"], figure["numerator"], figure["denominator"],
                    figure["value"], _UNITS[formula["kind"]], figure["undecided"], *others,
                )  # fmt: skip


def formula_lines(told: Told) -> Iterator[tuple[Any, ...]]:
    for one in told.formulas.values():
        numerator = " + ".join(f"{part['weight']:g} × ({part['rows']})" for part in one["numerator"] or ())
        parts = [f"{part['weight']:g} × {_share(part)}" for part in one["parts"]]
        off = [f"- {part['each']:g} × ({part['rows']})" for part in one["deductions"]]
        weights = " ".join([" + ".join(parts), *([f"+ {one['base']:g}"] if one["base"] else []), *off])
        yield one["label"], one["label_en"], one["formula_id"], one["kind"], numerator, one["denominator"], one["measure"], weights


def _share(part: Mapping[str, Any]) -> str:
    return f"(1 - {part['indicator']})" if part["inverse"] else str(part["indicator"])


def row_lines(rows: Iterable[Mapping[str, Any]], formulas: Mapping[str, IndicatorConfig], config: Config) -> Iterator[tuple[Any, ...]]:
    """A row's own columns, then for each rate and count what it adds to numerator and denominator: a sum down a column is the figure's."""
    marks = list(_marks(formulas))
    known: dict[int, tuple[float | None, ...]] = {}
    for row in rows:
        sets = row["mask"]
        if sets not in known:  # there are few kinds of rows
            known[sets] = tuple(weight_of(sets, of) or None for _, of in marks)
        hours = row.get("handling_s")
        yield (
            row["id"], row["title"], row["stage"], row["unit_name"], row["area_name"], row["grid_name"], row["worker_name"],
            row["class_code"], row["source"],
            *(_local(row[name], config) for name in ("opened_at", "due_at", "finished_at", "closed_at")),
            None if hours is None else round(hours / 3600, 2),
            *known[sets],
        )  # fmt: skip


def _marks(formulas: Mapping[str, IndicatorConfig]) -> Iterator[tuple[str, list[Any]]]:
    for formula in formulas.values():
        if formula.kind != "score":
            for part, word in (("numerator", "分子"), ("denominator", "分母")):
                if of := rows_of(formula, part):
                    yield f"{formula.label}·{word}", of


def workbook(told: Told, formulas: Mapping[str, IndicatorConfig], rows: Sequence[Mapping[str, Any]], config: Config) -> bytes:
    """Three sheets; where there are more rows than `evaluation.rows_in_sheet` the last one says so."""
    book = Workbook(write_only=True)
    _sheet(book, "指标 Figures", _FIGURES, figure_lines(told), (8, 14, 22, 22, 34, 12, 12, 12, 6, 10, 12, 12))
    _sheet(book, "公式 Formulas", _FORMULAS, formula_lines(told), (26, 30, 34, 8, 60, 40, 12, 80))
    heads = (*_ROWS, *(name for name, _ in _marks(formulas)))
    lines = row_lines(rows, formulas, config)
    most = config.evaluation.rows_in_sheet
    more = [(f"仅前 {most} 行；其余见接口 rows。Only the first {most} rows; ask the API for the others.",)] if len(rows) >= most else []
    _sheet(book, "明细 Rows", heads, [*lines, *more], (24, 40, 12, 10, 14, 14, 10, 10, 12, 18, 18, 18, 18))
    body = io.BytesIO()
    book.save(body)
    return body.getvalue()


def _sheet(book: Any, name: str, heads: Sequence[str], lines: Iterable[Sequence[Any]], widths: Sequence[int]) -> None:
    sheet = book.create_sheet(name)
    sheet.freeze_panes = "A2"
    for number, width in enumerate(widths):
        sheet.column_dimensions["ABCDEFGHIJKLMNOPQRSTUVWXYZ"[number]].width = width
    bold = Font(bold=True)
    head = [WriteOnlyCell(sheet, value=text) for text in heads]
    for cell in head:
        cell.font = bold
    sheet.append(head)
    for line in lines:
        sheet.append([plain(value) for value in line])


def csv_text(told: Told) -> bytes:
    """UTF-8 with the mark that Excel needs to see that it is."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(_FIGURES)
    writer.writerows([plain(value) for value in line] for line in figure_lines(told))
    return text.getvalue().encode("utf-8-sig")


def plain(value: object) -> object:
    """A text is a text: what begins like a formula gets an apostrophe, control characters are left out."""
    if not isinstance(value, str):
        return value
    text = _CONTROL.sub("", value)
    return f"'{text}" if _FORMULA_LIKE.match(text) else text


def _local(at: datetime | None, config: Config) -> str | None:
    return None if at is None else f"{at.astimezone(config.area.zone):%Y-%m-%d %H:%M}"


def attached(body: bytes, name: str, media_type: str) -> Answer:
    """An answer that browsers save under a name."""
    return Answer(body, headers={"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}, media_type=media_type)
