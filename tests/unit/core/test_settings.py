"""What the environment tells: from files too, and everything that is wrong with it named at once."""

from pathlib import Path

import pytest

from core.errors import ConfigError
from core.settings import read_settings

LEAST = {"YIPING_DATABASE_URL": "postgresql://here/yiping"}


def test_everything_unusable_is_named_at_once(tmp_path: Path) -> None:
    wrong = {"YIPING_MQTT_QUEUE_BYTES": "much", "YIPING_HJ212_PORT": "²", "YIPING_SL651_PORT": "-1", "YIPING_REDIS_URL_FILE": str(tmp_path)}
    with pytest.raises(ConfigError) as refused:
        read_settings(wrong)
    assert {problem.path for problem in refused.value.problems} == wrong.keys() | LEAST.keys()


def test_numbers_and_the_secrets_of_feeds_are_read_from_variables_and_from_files(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("a b\n")
    told = read_settings(
        LEAST | {"YIPING_FEED_PASSWORD_NORTH": "x", "YIPING_FEED_PASSWORD_SOUTH_FILE": str(secret), "YIPING_HJ212_PORT": "9005"}
    )
    assert told.feed_passwords == {"YIPING_FEED_PASSWORD_NORTH": "x", "YIPING_FEED_PASSWORD_SOUTH": "a b"}
    assert told.station_ports == {"hj212": 9005}
    assert told.mqtt_queue_bytes == 1 << 30
    assert read_settings(LEAST | {"YIPING_MQTT_QUEUE_BYTES": "5"}).mqtt_queue_bytes == 5
