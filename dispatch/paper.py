"""A printed paper (brief, morning report) as a structure, and as an HTML page. What it looks like as PDF stands in `dispatch.paper_pdf`.

Pure: who writes a paper decides its words; here they are only set. A paper is plain data, so that it can be kept as it was written.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from html import escape
from typing import Any, Literal

import msgspec

STYLES = "/assets/paper.css"
Kind = Literal["heading", "text", "note", "facts", "table"]


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a paper: `heading`, `text` and `note` have a text; `facts` rows of (label, value, remark); `table` heads and rows.

    `right`: the columns of a table whose cells are numbers.
    """

    kind: Kind
    text: str = ""
    heads: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    right: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Paper:
    """`marks` are said above everything else (演练, 模拟数据); `foot` stands below every page: from what, when, by whom."""

    title: str
    subtitle: str
    language: str
    blocks: tuple[Block, ...]
    marks: tuple[str, ...] = ()
    foot: str = ""


def heading(text: str) -> Block:
    return Block("heading", text)


def text(words: str) -> Block:
    return Block("text", words)


def note(words: str) -> Block:
    """A smaller text: a caution, a source."""
    return Block("note", words)


def facts(*rows: tuple[str, str] | tuple[str, str, str]) -> Block:
    """Figures with their label, and perhaps a remark below them."""
    return Block("facts", rows=tuple((*row, "")[:3] for row in rows))


def table(heads: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[int] = ()) -> Block:
    """Raises `ValueError` for a row that has not a cell for each head."""
    if any(len(row) != len(heads) for row in rows):
        raise ValueError("each row of a table has a cell for each head")
    return Block("table", heads=tuple(heads), rows=tuple(tuple(row) for row in rows), right=tuple(right))


def to_plain(paper: Paper) -> dict[str, Any]:
    """As JSON would hold it."""
    return asdict(paper)


def from_plain(plain: Mapping[str, Any]) -> Paper:
    """The paper that `to_plain` made plain. Raises `msgspec.ValidationError` for anything else."""
    return msgspec.convert(plain, Paper)


def write_html(paper: Paper) -> str:
    """A page of its own, printable as it stands; its looks come from `STYLES`, and no script is needed to read it."""
    marks = "".join(f'<b class="mark">{escape(mark)}</b>' for mark in paper.marks)
    body = "\n".join(_html(block) for block in paper.blocks)
    lang = "en" if paper.language == "en" else "zh-CN"
    return (
        f'<!doctype html>\n<html lang="{lang}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f'<title>{escape(paper.title)}</title><link rel="stylesheet" href="{STYLES}"></head>\n<body><article class="paper">'
        f"<header>{marks}<h1>{escape(paper.title)}</h1><p>{escape(paper.subtitle)}</p></header>\n{body}\n"
        f"<footer>{escape(paper.foot)}</footer></article></body></html>\n"
    )


def _html(block: Block) -> str:
    words = escape(block.text).replace("\n", "<br>")
    match block.kind:
        case "heading":
            return f"<h2>{words}</h2>"
        case "text":
            return f"<p>{words}</p>"
        case "note":
            return f'<p class="note">{words}</p>'
        case "facts":
            cells = "".join(f"<div><dt>{_cell(label)}</dt><dd>{_cell(value)}<small>{_cell(remark)}</small></dd></div>"
                            for label, value, remark in block.rows)  # fmt: skip
            return f"<dl>{cells}</dl>"
        case "table":
            heads = "".join(f"<th{_side(block, column)}>{_cell(head)}</th>" for column, head in enumerate(block.heads))
            lines = "".join(
                "<tr>" + "".join(f"<td{_side(block, column)}>{_cell(cell)}</td>" for column, cell in enumerate(row)) + "</tr>"
                for row in block.rows
            )
            return f"<table><thead><tr>{heads}</tr></thead><tbody>{lines}</tbody></table>"


def _cell(words: str) -> str:
    return escape(words).replace("\n", "<br>")


def _side(block: Block, column: int) -> str:
    return ' class="right"' if column in block.right else ""
