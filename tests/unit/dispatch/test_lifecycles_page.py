"""The diagrams in the docs are those of the tables: `python -m docs.lifecycles_page` writes them."""

from pathlib import Path

from docs.lifecycles_page import PAGE, write_page

ROOT = Path(__file__).resolve().parents[3]


def test_the_page_says_what_the_tables_say() -> None:
    assert (ROOT / PAGE).read_text(encoding="utf-8") == write_page(), "run: python -m docs.lifecycles_page"
