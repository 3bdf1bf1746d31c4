"""A broken configuration tells everything that is wrong with it, at once, with paths and the word that was meant."""

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml

from core.config import load, parse
from core.errors import ConfigError

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def shipped() -> dict[str, Any]:
    raw: dict[str, Any] = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))
    return raw


def problems(raw: object) -> str:
    with pytest.raises(ConfigError) as caught:
        parse(raw, "config.yaml")
    return str(caught.value)


def test_the_shipped_configuration_is_good() -> None:
    assert load(ROOT / "config.yaml").area.code == "320404"


def test_all_problems_are_told_at_once_with_path_and_suggestion(shipped: dict[str, Any]) -> None:
    raw = deepcopy(shipped)
    raw["ingest"]["live_four"] = "24h"
    raw["rules"]["smoke"]["metric"] = "smok"
    raw["rules"]["smoke"]["hodl"] = "1s"
    raw["area"]["timezone"] = "Asia/Shangai"
    raw["feeds"]["hj212"]["port"] = None
    raw["rules"]["gas-high"]["clear"] = 60
    raw["rules"]["crowd"]["hold"] = "soon"
    told = problems(raw)
    assert "7 problem(s)" in told
    for line in (
        "ingest.live_four: unknown setting — did you mean 'live_for'?",
        "rules.smoke.metric: no metric is called 'smok' — did you mean 'smoke'?",
        "hodl: unknown setting — did you mean 'hold'?",
        "'Asia/Shangai' is no time zone; did you mean 'Asia/Shanghai'?",
        "feeds.hj212.port: is missing",
        "rules.gas-high.clear: must be less than above (50)",
        "'soon' is no duration",
    ):
        assert line in told


@pytest.mark.parametrize("raw", [None, [], "text", {}, {"area": 3}, {"rules": {"x": []}}])
def test_nonsense_is_a_problem_and_never_a_crash(raw: object) -> None:
    assert "problem(s)" in problems(raw)


def test_broken_yaml_names_the_line(tmp_path: Path) -> None:
    (tmp_path / "c.yaml").write_text("area:\n  code: [\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="line 3"):
        load(tmp_path / "c.yaml")


def test_a_missing_file_says_what_to_set(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="YIPING_CONFIG"):
        load(tmp_path / "none.yaml")
