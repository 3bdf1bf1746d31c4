"""The private services for real: they start, die in every way, come back with what they had, and leave nothing behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
import redis
from paho.mqtt import publish
from paho.mqtt.client import Client, MQTTv5
from paho.mqtt.enums import CallbackAPIVersion
from redis.backoff import NoBackoff
from redis.retry import Retry

from deploy.local.errors import SetupError
from deploy.local.postgres import Postgres
from deploy.local.process import Process, started_at, wait_until
from deploy.local.secret import keep_secrets
from deploy.local.services import Services, obtain_once
from tests.patience import PATIENCE_S
from tests.stack import own_ports

ROOT = Path(__file__).resolve().parents[2]


def publish_one(url: str, topic: str, *, retain: bool = False) -> None:
    """Publishes "online" with QoS 1 and returns when the broker has confirmed it."""
    parts = urlsplit(url)
    publish.single(
        topic,
        b"online",
        qos=1,
        retain=retain,
        hostname="127.0.0.1",
        port=parts.port or 0,
        auth={"username": parts.username or "", "password": parts.password or ""},
        protocol=MQTTv5,
    )


def retained(url: str, topic: str, patience: float = 0.5) -> bytes | None:
    """The retained message of a topic; None when none comes within `patience`."""
    parts, found = urlsplit(url), list[bytes]()
    client = Client(CallbackAPIVersion.VERSION2, protocol=MQTTv5)
    client.username_pw_set(parts.username or "", parts.password)
    client.on_message = lambda _client, _data, message: found.append(bytes(message.payload))
    client.connect("127.0.0.1", parts.port or 0)
    client.subscribe(topic, 1)
    last = time.monotonic() + patience
    while not found and time.monotonic() < last:
        client.loop(0.05)
    client.disconnect()
    return found[0] if found else None


@pytest.fixture(scope="module")
def own_services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    """Services that this module may kill."""
    run = tmp_path_factory.mktemp("services")
    database, redis_port, mqtt = own_ports(3)
    with Services(run, (database, redis_port, mqtt), bound=True, hasty=True) as services:
        yield services


def test_the_owner_makes_hypertables_and_is_no_superuser(own_services: Services) -> None:
    with psycopg.connect(own_services.postgres.url) as connection:
        connection.execute("CREATE TABLE reading (at timestamptz NOT NULL, value float8)")
        connection.execute("SELECT create_hypertable('reading', 'at')")
        connection.execute("INSERT INTO reading VALUES (now(), 1)")
        row = connection.execute("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user").fetchone()
        connection.rollback()
    assert row == (False, False)


def test_the_web_login_may_read_nothing_it_was_not_granted(own_services: Services) -> None:
    with psycopg.connect(own_services.postgres.url) as connection:
        connection.execute("CREATE TABLE person (name text)")
    with (
        psycopg.connect(own_services.postgres.web_url) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute("SELECT * FROM person")


def test_the_owner_copies_a_database_as_tests_do(own_services: Services) -> None:
    with psycopg.connect(own_services.postgres.url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE original")
        connection.execute("CREATE DATABASE copied TEMPLATE original")
        connection.execute("DROP DATABASE copied")
        connection.execute("DROP DATABASE original")


@pytest.mark.parametrize("end", ["fast", "immediate", "kill"])
def test_a_committed_row_survives_every_way_of_ending(own_services: Services, end: str) -> None:
    postgres = own_services.postgres
    with psycopg.connect(postgres.url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (how text)")
        connection.execute("INSERT INTO kept VALUES (%s)", (end,))
    before = postgres.pid
    if end == "kill":
        postgres.kill()
    else:
        postgres.stop("fast" if end == "fast" else "immediate")
    assert not postgres.answers()
    postgres.start()
    assert postgres.pid not in {None, before}
    with psycopg.connect(postgres.url) as connection:
        assert connection.execute("SELECT 1 FROM kept WHERE how = %s", (end,)).fetchone() == (1,)


def test_a_database_whose_children_outlive_it_starts_again(own_services: Services) -> None:
    """A backend that hangs keeps the cluster's memory, and with it every later server from starting."""
    postgres = own_services.postgres
    with psycopg.connect(postgres.url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (how text)")
        connection.execute("INSERT INTO kept VALUES ('hung')")
    with psycopg.connect(postgres.url) as connection:
        hung = connection.info.backend_pid
        os.kill(hung, signal.SIGSTOP)  # it never sees that its parent is gone
        assert postgres.pid is not None
        os.kill(postgres.pid, signal.SIGKILL)  # as a kernel that is out of memory does
        assert wait_until(lambda: postgres.pid is None, PATIENCE_S)
        assert started_at(hung) is not None
        postgres.start()
    assert started_at(hung) is None
    with psycopg.connect(postgres.url) as connection:
        assert connection.execute("SELECT 1 FROM kept WHERE how = 'hung'").fetchone() == (1,)


def test_a_server_that_somebody_else_started_is_left_alone(own_services: Services) -> None:
    run = own_services.postgres.log.parent.parent
    second = Postgres(obtain_once().postgres, run / "postgres", own_ports(1)[0], keep_secrets(run / "secrets.json"))
    pid_file = run / "postgres.pid"
    ours = pid_file.read_text()
    pid_file.unlink()
    try:
        with psycopg.connect(own_services.postgres.url) as connection:
            with pytest.raises(SetupError, match="does not answer"):
                second.start()
            assert connection.execute("SELECT 1").fetchone() == (1,)
    finally:
        pid_file.write_text(ours)


def test_redis_wants_its_password_and_comes_back_empty(own_services: Services) -> None:
    with redis.Redis.from_url(own_services.redis.url) as client:
        client.set("seen", "1")
    own_services.redis.kill()
    own_services.redis.start()
    with redis.Redis.from_url(own_services.redis.url) as client:
        assert client.get("seen") is None
    with redis.Redis(port=own_services.redis.port, retry=Retry(NoBackoff(), 0)) as stranger, pytest.raises(redis.AuthenticationError):
        stranger.ping()


def test_what_the_broker_confirmed_survives_its_sigterm(own_services: Services) -> None:
    mosquitto = own_services.mosquitto
    publish_one(mosquitto.feed_url, "city/320404/water/d1/status", retain=True)
    mosquitto.terminate()
    mosquitto.start()
    assert retained(mosquitto.url, "city/320404/water/d1/status", PATIENCE_S) == b"online"


def test_the_broker_knows_its_accounts(own_services: Services) -> None:
    with pytest.raises(Exception, match="Not authorized"):
        publish_one(f"mqtt://feed:wrong@127.0.0.1:{own_services.mosquitto.port}", "city/320404/water/d1/status")
    publish_one(own_services.mosquitto.feed_url, "secret/topic", retain=True)
    assert retained(own_services.mosquitto.url, "secret/topic") is None


def test_a_second_start_of_what_runs_changes_nothing(own_services: Services) -> None:
    before = dict(own_services.pids())
    own_services.start()
    assert own_services.pids() == before


def test_a_later_command_finds_and_ends_what_an_earlier_one_started(tmp_path: Path) -> None:
    file = tmp_path / "sleep.pid"
    first = Process("sleep", file, bound=True)
    first.launch(["sleep", "60"], log=tmp_path / "sleep.log")
    second = Process("sleep", file)
    pid = first.pid
    assert pid is not None
    assert second.pid == pid
    second.end(signal.SIGTERM)
    assert first.wait_gone(PATIENCE_S)
    assert started_at(pid) is None


def test_bound_processes_die_with_the_one_that_started_them(tmp_path: Path) -> None:
    script = (
        "import pathlib, sys, time\n"
        "from deploy.local.process import Process\n"
        "part = Process('sleep', pathlib.Path(sys.argv[1]) / 'p', bound=True)\n"
        "part.launch(['sleep', '60'], log=pathlib.Path(sys.argv[1]) / 'log')\n"
        "print(part.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    starter = subprocess.Popen([sys.executable, "-c", script, tmp_path], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert starter.stdout is not None
    with starter.stdout:
        child = int(starter.stdout.readline())
    assert started_at(child) is not None
    os.kill(starter.pid, signal.SIGKILL)
    starter.wait()
    assert wait_until(lambda: started_at(child) is None, PATIENCE_S)
