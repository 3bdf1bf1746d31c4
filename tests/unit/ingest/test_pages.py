"""Pages of docs/protocols that say what their sample becomes: it does."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.config import Config, FeedConfig
from core.model import Frame
from ingest.decode import FORMATS, decode

PAGES = Path(__file__).resolve().parents[3] / "docs" / "protocols"
_BLOCK = r"<!-- {} -->\n```\w*\n(.*?)\n```"


def examples() -> list[tuple[str, str, str, str]]:
    """(page, name, sample, what it becomes) of every sample with an expectation."""
    found = []
    for page in sorted(PAGES.glob("*.md")):
        text = page.read_text(encoding="utf-8")
        for name in re.findall(r"<!-- expected: (\S+) -->", text):
            sample, expected = (re.search(_BLOCK.format(f"{what}: {name}"), text, re.DOTALL) for what in ("sample", "expected"))
            assert sample, f"{page.name}: '{name}' is expected to become something and is not there"
            assert expected
            found.append((page.stem, name, sample[1], expected[1]))
    return found


@pytest.mark.parametrize("form", sorted(FORMATS.keys() - {"readings", "reports", "hotline-sheet"}))
def test_every_format_has_its_page(form: str) -> None:
    assert (PAGES / f"{form}.md").exists()


@pytest.mark.parametrize(("form", "name", "sample", "expected"), examples(), ids=lambda value: value[:20].replace("\n", " "))
def test_a_sample_becomes_what_its_page_says(config: Config, form: str, name: str, sample: str, expected: str) -> None:
    wanted = json.loads(expected)
    feed = FeedConfig.model_validate({"kind": "http", "format": form, **wanted.get("feed", {})})
    frame = Frame(form, sample.encode(), datetime(2026, 11, 21, 4, tzinfo=UTC), wanted.get("topic", ""))
    out = decode([frame], {}, config.model_copy(update={"feeds": {form: feed}}))
    assert [one.detail for _, one in out.rejected] == wanted.get("rejected", [])
    readings = [[one.device, one.metric, one.value, one.observed_at and one.observed_at.isoformat()] for _, one in out.readings]
    assert readings == wanted.get("readings", [])
    assert [[one.external_id, one.title] for _, one in out.reports] == wanted.get("reports", [])
