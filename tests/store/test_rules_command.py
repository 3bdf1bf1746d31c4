"""`./yiping rules` on a city: what is worth a word, whose words hold, and a backtest that tells its sums."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from cli.rules import rules
from core.config import Config
from core.rule_words import read_rule, words_of
from store.rule_revisions import keep_file, revise, withdraw
from store.timescale import Store
from tests.few_rules import with_few
from tests.store.test_backtest import WAVE, WET, tell_wave
from tests.store.test_pipeline import Line
from tests.store.test_rulebook import act

ROOT = Path(__file__).resolve().parents[2]


class Shell:
    """A command line in a folder with a configuration of few rules, before a city that ran for two hours."""

    def __init__(self, config: Config, store: Store, url: str, folder: Path) -> None:
        self.config = with_few(config, wet=WET)
        raw = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))
        for section in ("inhibitions", "probe", "rules_files"):  # they speak of shipped rules
            raw.pop(section, None)
        raw["rules"] = {name: words_of(rule) for name, rule in self.config.rules.items()}
        self.file = folder / "config.yaml"
        self.file.write_text(yaml.safe_dump(raw, allow_unicode=True), encoding="utf-8")
        self.store, self.environment = store, {"YIPING_CONFIG": str(self.file), "YIPING_DATABASE_URL": url, "COLUMNS": "200"}
        self.now = datetime.now(UTC)

    def run(self, *words: str) -> Result:
        return CliRunner().invoke(rules, list(words), env=self.environment)


@pytest.fixture
def shell(config: Config, database_url: str, tmp_path: Path) -> Iterator[Shell]:
    store = Store(database_url)
    yield Shell(config, store, database_url, tmp_path)
    store.close()


def test_check_tells_dead_and_doubled_rules_and_words_that_are_not_the_files(shell: Shell) -> None:
    line = Line(shell.config, shell.store)
    line.tell(shell.now, "a", shell.now, gas=3.0, smoke=0)
    with shell.store.connection() as connection:
        keep_file(connection, shell.config, shell.now)
        revise(connection, shell.config, "smoke", {**words_of(shell.config.rules["smoke"]), "severity": 1}, act(shell.now))
        revise(connection, shell.config, "mine", words_of(read_rule("mine", {**words_of(shell.config.rules["smoke"])})), act(shell.now))
        withdraw(connection, shell.config, "silent", act(shell.now, note="不用了"))
    told = shell.run("check")
    assert told.exit_code == 0, told.output
    for line_of in (
        "crowd: concerns no device that is known crowd",
        "gas-high: rings for the same value as (rule: devices) gas-low: 1",
        "smoke: an admin's words stand over the file's (管理员",
        "severity: file 2, in force 1",
        "mine: stands in no file (管理员",
        "silent: an admin's words stand over the file's",
    ):
        assert line_of in told.output
    assert shell.run("check", "--strict").exit_code == 1
    listed = shell.run("list")
    assert re.search(r"smoke\s+threshold\s+烟感报警\s+1\s+指挥中心\s+管理员", listed.output)
    assert "silent" not in listed.output


def test_check_of_a_file_of_rules_tells_its_faults_with_path_and_suggestion(shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "changed.yaml"
    file.write_text(yaml.safe_dump({"rules": {"wet": {**WET, "owner": "o", "reason": "r", "metric": "watr_depth"}}}), encoding="utf-8")
    told = shell.run("check", str(file))
    assert told.exit_code == 1
    assert "rules.wet.metric: no metric is called 'watr_depth' — did you mean 'water_depth'?" in told.output


def test_backtest_tells_what_the_kept_and_the_changed_words_would_have_rung_for(shell: Shell, tmp_path: Path) -> None:
    line = Line(shell.config, shell.store)
    tell_wave(line, shell.now - timedelta(minutes=len(WAVE) + 5), "pond")
    file = tmp_path / "changed.yaml"
    changed = {**words_of(shell.config.rules["wet"]), "hold": "10m"}
    file.write_text(yaml.safe_dump({"rules": {"wet": changed}}, allow_unicode=True), encoding="utf-8")
    told = shell.run("backtest", "wet", "--from", "2h", "--file", str(file))
    assert told.exit_code == 0, told.output
    assert "in force: 4 rings of 1 devices (of 1 it concerns)" in told.output
    assert f"{file}: 0 rings" in told.output.replace("\n", "")
    assert re.search(r"pond\s+4\s+0:0\d:", told.output)
    assert "cannot be backtested yet" in str(shell.run("backtest", "silent").exception)
    assert shell.run("backtest", "nothing").exit_code == 1
    assert shell.run("backtest", "wet", "--from", "yesterday").exit_code == 2
