"""A paper set as PDF is a function of what it says and when: the same bytes each time, with all its pages."""

from datetime import UTC, datetime

from dispatch.paper import Paper, facts, heading, note, table, text
from dispatch.paper_pdf import find_fonts, write_pdf

AT = datetime(2026, 11, 22, tzinfo=UTC)
ROWS = [(str(number), "海棠路积水" * 4, "5") for number in range(60)]
PARTS = (
    heading("一、告警"),
    text("过去\n一天"),
    note("注"),
    facts(("新增", "1,234", "较前日 +3")),
    table(("编号", "标题", "数"), ROWS, right=(2,)),
)
PAPER = Paper("早报 <一>", "2026-11-22", "zh", PARTS, ("模拟数据",), "生成于今天")


def test_the_same_paper_at_the_same_moment_is_the_same_bytes() -> None:
    fonts = find_fonts()
    body = write_pdf(PAPER, fonts, AT)
    assert body == write_pdf(PAPER, fonts, AT)
    assert (body[:5], body.count(b"/Type /Page\n") >= 2) == (b"%PDF-", True)
