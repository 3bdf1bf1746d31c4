"""Rules in files of their own are as those of the configuration, and every problem names the file it lies in."""

from pathlib import Path

import pytest

from core.config import load
from core.errors import ConfigError

ROOT = Path(__file__).resolve().parents[3]
RULE = "{kind: threshold, metric: gas, above: 60, clear: 50, severity: 1, label: 气, label_en: Gas, owner: o, reason: r}"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shipped = (ROOT / "config.yaml").read_text(encoding="utf-8")
    (tmp_path / "config.yaml").write_text(f"{shipped}\nrules_files: [rules/*.yaml]\n", encoding="utf-8")
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "gas.yaml").write_text(f"rules:\n  gas-extra: {RULE}\n", encoding="utf-8")
    return tmp_path


def problems(folder: Path) -> str:
    with pytest.raises(ConfigError) as caught:
        load(folder / "config.yaml")
    return str(caught.value)


def test_rules_of_files_stand_beside_those_of_the_configuration(folder: Path) -> None:
    rules = load(folder / "config.yaml").rules
    assert rules["gas-extra"].label == "气"
    assert "smoke" in rules


def test_a_problem_names_the_file_and_the_path(folder: Path) -> None:
    wrong = RULE.replace("metric: gas", "metric: gaz").replace("owner", "ownr")
    (folder / "rules" / "gas.yaml").write_text(f"rules:\n  gas-extra: {wrong}\n", encoding="utf-8")
    told = problems(folder)
    assert "rules/gas.yaml: rules.gas-extra.metric: no metric is called 'gaz' — did you mean 'gas'?" in told
    assert "rules/gas.yaml: rules.gas-extra.ownr: unknown setting — did you mean 'owner'?" in told
    assert "rules/gas.yaml: rules.gas-extra.owner: is missing" in told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("rules: [", "rules/bad.yaml: line 1, column 9: not YAML"),
        ("gas: 1", "rules/bad.yaml: rules: is missing"),
        ("rules: {}\nmetrics: {}", "rules/bad.yaml: metrics: does not stand in a file of rules"),
        (f"rules:\n  smoke: {RULE}", "rules/bad.yaml: rules.smoke: stands in config.yaml too"),
        (f"rules:\n  gas-extra: {RULE}", "rules.gas-extra: stands in rules/"),
    ],
)
def test_a_file_that_is_no_file_of_rules_is_a_problem(folder: Path, text: str, told: str) -> None:
    (folder / "rules" / "bad.yaml").write_text(text, encoding="utf-8")
    assert told in problems(folder)


def test_a_pattern_that_no_file_fits_is_a_problem(folder: Path) -> None:
    (folder / "rules" / "gas.yaml").unlink()
    assert "rules_files.0: no file fits 'rules/*.yaml'" in problems(folder)
