"""Every story of `tests/stories`, played on a database of its own: what it tells, in its own seconds, and what must have rung."""

from pathlib import Path

import pytest

from core.config import Config
from story.play import play
from story.script import read_script

STORIES = sorted((Path(__file__).parents[1] / "stories").glob("*.yaml"))


@pytest.mark.parametrize("path", STORIES, ids=[path.stem for path in STORIES])
def test_it_goes_as_told(path: Path, config: Config, database_url: str, tmp_path: Path) -> None:
    unmet = play(read_script(path), config, database_url, tmp_path)
    assert not unmet, "\n".join(map(str, unmet))


def test_there_are_as_many_stories_as_promised() -> None:
    assert len(STORIES) >= 40
