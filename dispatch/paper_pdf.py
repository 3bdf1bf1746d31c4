"""A paper as PDF: A4, Chinese and Latin in one face that is embedded. The only door to fpdf2; decides looks and no word.

The moment stamped into the file is a parameter: the same paper at the same moment is the same bytes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from fpdf import FPDF, FontFace
from fpdf.enums import TableBordersLayout

from core.errors import NotFound
from dispatch.paper import Block, Paper

# Where distributions put faces that hold Chinese: regular, bold, and which face of a collection is the simplified one.
_KNOWN = (
    ("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", "/usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc", 2),  # Debian, Ubuntu
    ("/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc", "/usr/share/fonts/google-noto-cjk/NotoSansCJK-Bold.ttc", 2),  # Fedora
    ("/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc", "/usr/share/fonts/noto-cjk/NotoSansCJK-Bold.ttc", 2),  # Arch
    ("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc", "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc", 0),
)
_FACE = "words"
_INK, _GREY, _ACCENT, _RED, _LINE = (16, 35, 59), (99, 117, 141), (11, 107, 192), (195, 33, 47), (213, 222, 234)
_MARGIN, _FACTS_A_ROW, _FACT_HIGH, _PAD = 18.0, 4, 17.0, 1.2  # millimetres


class NoFont(NotFound):
    """No face that holds Chinese: nothing is printed with empty boxes in it."""


@dataclass(frozen=True, slots=True)
class Fonts:
    """Two files of one face; `face` is its number in a collection (.ttc)."""

    regular: Path
    bold: Path
    face: int = 0


def find_fonts(regular: str = "", bold: str = "", face: int = 0) -> Fonts:
    """What the configuration names (`papers`), else what the system has. Raises `NoFont`, which says how to mend it."""
    if regular:
        named = Fonts(Path(regular), Path(bold or regular), face)
        if missing := [path for path in (named.regular, named.bold) if not path.is_file()]:
            raise NoFont(f"papers: there is no font file {missing[0]}")
        return named
    for light, heavy, number in _KNOWN:
        if Path(light).is_file():
            return Fonts(Path(light), Path(heavy if Path(heavy).is_file() else light), number)
    raise NoFont("no font that holds Chinese: install fonts-noto-cjk, or name a file in the configuration (papers.regular)")


def write_pdf(paper: Paper, fonts: Fonts, at: datetime) -> bytes:
    """The bytes of a PDF. `at` is stamped into it as its moment of making."""
    sheet = _Sheet(paper, fonts, at)
    for block in paper.blocks:
        sheet.put(block)
    return bytes(sheet.output())


class _Sheet(FPDF):
    """The pages under the hand of the writer; fpdf2 asks for inheritance to draw the foot of a page."""

    def __init__(self, paper: Paper, fonts: Fonts, at: datetime) -> None:
        super().__init__(format="A4")
        self._paper = paper
        self.set_creation_date(at)
        self.set_title(paper.title)
        self.set_lang("en" if paper.language == "en" else "zh-CN")
        self.add_font(_FACE, fname=fonts.regular, collection_font_number=fonts.face)
        self.add_font(_FACE, "B", fname=fonts.bold, collection_font_number=fonts.face)
        self.set_margin(_MARGIN)
        self.set_auto_page_break(True, 20)
        self.alias_nb_pages("{of}")
        self.add_page()
        self._put_head()

    def footer(self) -> None:
        self.set_y(-14)
        self._ink(8, _GREY)
        self.cell(self.epw * 0.86, 5, self._paper.foot)
        self.cell(self.epw * 0.14, 5, f"{self.page_no()} / {{of}}", align="R")

    def put(self, block: Block) -> None:
        match block.kind:
            case "heading":
                self._put_heading(block.text)
            case "text":
                self._ink(10.5, _INK)
                self._words(block.text, 6)
            case "note":
                self._ink(8.5, _GREY)
                self._words(block.text, 4.6)
            case "facts":
                self._put_facts(block.rows)
            case "table":
                self._put_table(block)

    def _put_head(self) -> None:
        for mark in self._paper.marks:
            self._ink(11, _RED, bold=True)
            self.cell(0, 7, mark, align="C", new_x="LMARGIN", new_y="NEXT")
        self._ink(19, _INK, bold=True)
        self.multi_cell(0, 10, self._paper.title, align="C", new_x="LMARGIN", new_y="NEXT")
        self._ink(10, _GREY)
        self.multi_cell(0, 6, self._paper.subtitle, align="C", new_x="LMARGIN", new_y="NEXT")
        self.set_draw_color(*_ACCENT)
        self.set_line_width(0.5)
        self.line(self.l_margin, self.get_y() + 2, self.l_margin + self.epw, self.get_y() + 2)
        self.ln(4)

    def _put_heading(self, words: str) -> None:
        if self.will_page_break(44):  # a heading never stands alone at the foot
            self.add_page()
        self.ln(3)
        self.set_fill_color(*_ACCENT)
        self.rect(self.l_margin, self.get_y() + 1.4, 1.2, 5, style="F")
        self._ink(12.5, _INK, bold=True)
        self.set_x(self.l_margin + 3)
        self.cell(0, 8, words, new_x="LMARGIN", new_y="NEXT")
        self.ln(0.5)

    def _put_facts(self, rows: Sequence[Sequence[str]]) -> None:
        wide = self.epw / _FACTS_A_ROW
        for first in range(0, len(rows), _FACTS_A_ROW):
            if self.will_page_break(_FACT_HIGH):
                self.add_page()
            top = self.get_y()
            for column, (label, value, remark) in enumerate(rows[first : first + _FACTS_A_ROW]):
                left = self.l_margin + column * wide
                for down, size, colour, bold, words in (
                    (0.5, 8.5, _GREY, False, label), (4.8, 14.0, _INK, True, value), (11.2, 8.0, _GREY, False, remark)
                ):  # fmt: skip
                    self._ink(size, colour, bold)
                    self.set_xy(left, top + down)
                    self.cell(wide - 2, 5 if size < 10 else 6.6, self._fitting(words, wide - 3))
            self.set_xy(self.l_margin, top + _FACT_HIGH)

    def _put_table(self, block: Block) -> None:
        self._ink(9, _INK)
        self.set_draw_color(*_LINE)
        self.set_line_width(0.2)
        self.set_fill_color(255)
        sides = tuple("RIGHT" if column in block.right else "LEFT" for column in range(len(block.heads)))
        head = FontFace(emphasis="BOLD", color=_GREY, fill_color=(245, 248, 252))
        with self.table(
            borders_layout=TableBordersLayout.HORIZONTAL_LINES, text_align=sides, headings_style=head, line_height=5.4,
            col_widths=self._widths(block), padding=(0.6, _PAD), width=self.epw,
        ) as table:  # fmt: skip
            for row in (block.heads, *block.rows):
                table.row(row)
        self.ln(1.5)

    def _widths(self, block: Block) -> tuple[float, ...]:
        """Columns as wide as their longest line asks for, in millimetres."""
        rows = (block.heads, *block.rows)
        needs = [max(self.get_string_width(line) for row in rows for line in row[column].split("\n")) for column in range(len(block.heads))]
        return tuple(share_out([need + 2 * _PAD + 1.6 for need in needs], self.epw))  # and a hair, so that what fits is not broken

    def _ink(self, size: float, colour: tuple[int, int, int], bold: bool = False) -> None:
        self.set_font(_FACE, "B" if bold else "", size)
        self.set_text_color(*colour)

    def _words(self, words: str, high: float) -> None:
        self.multi_cell(0, high, words, align="L", new_x="LMARGIN", new_y="NEXT")
        self.ln(0.8)

    def _fitting(self, words: str, wide: float) -> str:
        """What of some words fits a line."""
        if self.get_string_width(words) <= wide:
            return words
        while words and self.get_string_width(words + "…") > wide:
            words = words[:-1]
        return words + "…"


def share_out(needs: Sequence[float], room: float) -> list[float]:
    """Widths of columns that need so much: each what it needs while there is room, else the widest give way to one common width."""
    if sum(needs) <= room:
        widest = max(range(len(needs)), key=lambda column: needs[column])
        return [need + (room - sum(needs)) * (column == widest) for column, need in enumerate(needs)]
    left, most = room, 0.0
    for rank, need in enumerate(sorted(needs)):
        most = left / (len(needs) - rank)
        if need > most:
            break
        left -= need
    return [min(need, most) for need in needs]
