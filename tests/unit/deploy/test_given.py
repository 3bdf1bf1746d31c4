"""Laws of services of the user's own: what the environment names is used, and nothing else changes."""

from pathlib import Path

import pytest

from deploy.local.errors import SetupError
from deploy.local.given import read_files, service_urls


def test_a_service_of_the_citys_own_takes_the_place_of_the_private_one() -> None:
    private = {
        "database_url": "p",
        "web_database_url": "pw",
        "superuser_url": "ps",
        "redis_url": "r",
        "mqtt_url": "m",
        "feed_mqtt_url": "mf",
    }
    assert service_urls(private, {}) == private
    own = service_urls(private, {"YIPING_DATABASE_URL": "P", "YIPING_MQTT_URL": "M", "YIPING_FEED_MQTT_URL": "F"})
    assert own == {**private, "database_url": "P", "web_database_url": "P", "mqtt_url": "M", "feed_mqtt_url": "F"}


def test_a_secret_may_stand_in_a_file_and_the_variable_itself_wins(tmp_path: Path) -> None:
    (tmp_path / "url").write_text("postgresql://file\n")
    file = {"YIPING_DATABASE_URL_FILE": str(tmp_path / "url")}
    assert read_files(file)["YIPING_DATABASE_URL"] == "postgresql://file"
    assert read_files({**file, "YIPING_DATABASE_URL": "said"})["YIPING_DATABASE_URL"] == "said"
    with pytest.raises(SetupError, match="YIPING_MQTT_URL_FILE"):
        read_files({"YIPING_MQTT_URL_FILE": str(tmp_path / "none")})
