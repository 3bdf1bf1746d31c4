"""Every format has its row in docs/protocols/index.md and the page that the row names; none is there that is not read."""

import re

from ingest.decode.formats import FORMATS
from tests.wires import PAGES


def rows() -> dict[str, list[str]]:
    lines = (PAGES / "index.md").read_text(encoding="utf-8").splitlines()
    return {found[1]: line.split("|")[1:-1] for line in lines if (found := re.match(r"\| \[`([\w-]+)`\]", line))}


def test_every_format_has_a_row_and_no_other_has_one() -> None:
    assert rows().keys() == FORMATS.keys() | {"open311"}


def test_every_row_names_a_page_that_names_its_format_and_has_no_empty_cell() -> None:
    for form, cells in rows().items():
        page = re.search(r"\]\(([\w-]+\.md)\)", cells[0])
        assert page, form
        assert form in (PAGES / page[1]).read_text(encoding="utf-8").lower()
        assert len(cells) == 5
        assert all(cell.strip() for cell in cells), form


def test_every_page_is_on_the_list() -> None:
    named = {page for cells in rows().values() for page in re.findall(r"\(([\w-]+\.md)\)", cells[0])}
    assert named == {page.name for page in PAGES.glob("*.md")} - {"index.md"}
