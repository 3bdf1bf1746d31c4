"""The samples of docs/protocols are these tests' fixtures: what the page shows is what is proven."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

PROTOCOLS = Path(__file__).resolve().parents[3] / "docs" / "protocols"


@pytest.fixture
def sample() -> Callable[[str, str], str]:
    """The fenced block of a protocol page that follows `<!-- sample: name -->`."""

    def read(page: str, name: str) -> str:
        text = (PROTOCOLS / f"{page}.md").read_text(encoding="utf-8")
        found = re.search(rf"<!-- sample: {name} -->\n```\w*\n(.*?)\n```", text, re.DOTALL)
        assert found, f"{page}.md has no sample '{name}'"
        return found[1]

    return read
