"""Laws of an instance: the environment says which, nonsense is refused in words, defaults are the contract's."""

from pathlib import Path

import pytest

from deploy.local.errors import SetupError
from deploy.local.instance import Instance, read_instance
from deploy.local.roles import ORDER, role_commands, role_environment

TOP = Path("/top")
URLS = {
    "database_url": "postgresql://a",
    "web_database_url": "postgresql://b",
    "redis_url": "redis://c",
    "mqtt_url": "mqtt://d",
    "feed_mqtt_url": "mqtt://e",
}


def instance(**environment: str) -> Instance:
    return read_instance(environment, default_area="320404", top=TOP)


def test_nothing_asked_gives_what_the_contract_promises() -> None:
    asked = instance()
    assert (asked.url, asked.area, asked.devices, asked.speed) == ("http://127.0.0.1:8050", "320404", 5000, 1.0)


def test_empty_words_from_make_count_as_not_asked() -> None:
    assert instance(PORT="", AREA="", DEVICES="", SPEED="", HOST="") == instance()


@pytest.mark.parametrize("other", [{"PORT": "9000"}, {"AREA": "360404"}])
def test_another_port_or_area_has_a_folder_of_its_own(other: dict[str, str]) -> None:
    assert instance(**other).run != instance().run


@pytest.mark.parametrize(
    "wrong",
    [{"AREA": "Beijing"}, {"AREA": "../.."}, {"DEVICES": "many"}, {"DEVICES": "-1"}, {"SPEED": "nan"}, {"SPEED": "-2"}, {"DRILL": "1"}],
)
def test_nonsense_is_refused_by_name(wrong: dict[str, str]) -> None:
    with pytest.raises(SetupError, match=next(iter(wrong))):
        instance(**wrong)


def test_a_drill_is_one_of_a_scenario() -> None:
    asked = instance(SCENARIO="rainstorm", DRILL="1")
    assert asked.drill
    assert role_environment(asked, config=Path("/c.yaml"), urls=URLS, session_key="s")["YIPING_DRILL"] == "1"
    assert not instance(SCENARIO="rainstorm", DRILL="0").drill


def test_only_the_home_address_also_answers_on_ipv6() -> None:
    assert instance().hosts == ("127.0.0.1", "::1")
    assert instance(HOST="0.0.0.0").hosts == ("0.0.0.0",)


def test_every_role_has_a_command_and_no_secret_is_in_it() -> None:
    commands = role_commands(instance())
    assert set(commands) == set(ORDER)
    assert not any("://" in word and "@" in word for command in commands.values() for word in command)


def test_roles_are_told_all_their_addresses() -> None:
    told = role_environment(instance(PORT="9000"), config=Path("/c.yaml"), urls=URLS, session_key="s")
    assert told["YIPING_WEB_DATABASE_URL"] == "postgresql://b"
    assert told["YIPING_WEB_URL"] == "http://127.0.0.1:9001"
    assert told["YIPING_HJ212_PORT"] == "9005"
    assert told["YIPING_SIMULATED"] == "1"
