"""A broken configuration tells everything that is wrong with it, at once, with paths and the word that was meant."""

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from compose import with_passwords
from core.config import load, parse
from core.errors import ConfigError
from core.setting import Duration, Part, written
from core.settings import read_settings

ROOT = Path(__file__).resolve().parents[3]


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
    raw["rules"]["bin-full"]["clear"] = 95
    raw["rules"]["crowd"]["hold"] = "soon"
    told = problems(raw)
    assert "7 problem(s)" in told
    for line in (
        "ingest.live_four: unknown setting — did you mean 'live_for'?",
        "rules.smoke.metric: no metric is called 'smok' — did you mean 'smoke'?",
        "hodl: unknown setting — did you mean 'hold'?",
        "'Asia/Shangai' is no time zone; did you mean 'Asia/Shanghai'?",
        "feeds.hj212.port: is missing",
        "rules.bin-full.clear: must be less than above (92)",
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


def test_a_feed_keeps_no_password_and_is_told_where_it_belongs(shipped: dict[str, Any]) -> None:
    raw = deepcopy(shipped)
    raw["feeds"]["hj212"]["password"] = "123456"
    assert "feeds.hj212.password: a secret does not stand here — set YIPING_FEED_PASSWORD_HJ212 in the environment" in problems(raw)


def test_pictures_are_kept_no_longer_than_the_audit_that_ends_them(shipped: dict[str, Any]) -> None:
    raw = deepcopy(shipped)
    raw["retention"] |= {"media": "366d", "audit": "365d"}
    assert "retention: " in problems(raw)
    raw["retention"]["audit"] = "366d"
    assert parse(raw, "config.yaml").retention.media.days == 366


def test_a_rule_that_opens_cases_has_a_class(shipped: dict[str, Any]) -> None:
    raw = deepcopy(shipped)
    raw["rules"]["silent"] |= {"case_after_of": {"水位计": "6h"}}
    assert parse(raw, "config.yaml").rules["silent"].class_code == "0601"
    del raw["rules"]["silent"]["class_code"]
    assert "rules.silent.class_code: is missing" in problems(raw)


def test_addresses_are_networks_and_only_of_tcp_feeds(shipped: dict[str, Any]) -> None:
    raw = deepcopy(shipped)
    raw["feeds"]["hj212"]["addresses"] = ["10.20.0.0/16", "192.0.2.7", "2001:db8::/32"]
    assert parse(raw, "").feeds["hj212"].addresses == ("10.20.0.0/16", "192.0.2.7/32", "2001:db8::/32")
    raw["feeds"]["hj212"]["addresses"] = ["10.20.0.1/16", "station"]
    raw["feeds"]["city"]["addresses"] = ["10.0.0.0/8"]
    told = problems(raw)
    assert "'10.20.0.1/16' is no address or network" in told
    assert "'station' is no address or network" in told
    assert "feeds.city.addresses: is without effect" in told


def test_passwords_of_feeds_come_from_the_environment_or_a_file(shipped: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("654321\n")
    settings = read_settings(
        {
            "YIPING_DATABASE_URL": "postgresql://x",
            "YIPING_FEED_PASSWORD_HJ212_FILE": str(tmp_path / "secret"),
            "YIPING_FEED_PASSWORD_HTTP_READINGS": "x",
            "YIPING_FEED_PASSWORD_CITY": "",
        }
    )
    config = with_passwords(parse(shipped, ""), settings.feed_passwords)
    assert {name: feed.password for name, feed in config.feeds.items() if feed.password} == {"hj212": "654321", "http-readings": "x"}
    assert "654321" not in repr(config)
    with pytest.raises(ConfigError, match="YIPING_FEED_PASSWORD_HJ21: no feed is called so"):
        with_passwords(config, {"YIPING_FEED_PASSWORD_HJ21": "x"})


@pytest.mark.parametrize("text", ["0s", "250ms", "90s", "5m", "24h", "7d", "36h"])
def test_a_duration_is_written_as_it_is_read(text: str) -> None:
    class One(Part):
        for_: Duration

    one = One.model_validate({"for_": text})
    assert One.model_validate_json(one.model_dump_json()) == one
    assert written(one.for_) == {"24h": "1d"}.get(text, text)
