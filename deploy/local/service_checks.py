"""Asks database, Redis and broker whether they answer, and whether their clock is ours. Changes nothing."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from datetime import date
from urllib.parse import unquote, urlsplit

import psycopg
import redis
from paho.mqtt import client as mqtt
from paho.mqtt.enums import CallbackAPIVersion
from redis.backoff import NoBackoff
from redis.retry import Retry

from deploy.local.finding import Finding, good, lacking, note
from dispatch.work_calendar import unknown_years

PATIENCE = 3  # seconds
_WAITS_LONG = 60.0  # seconds
CLOCK_ERROR = 2.0  # seconds between two clocks before deadlines and ages look wrong on a screen


def check_services(environment: Mapping[str, str]) -> Iterator[Finding]:
    """One finding per service, two for the database (its clock); a service nobody named is left out."""
    if url := environment.get("YIPING_DATABASE_URL"):
        yield from _database(url)
    if url := environment.get("YIPING_REDIS_URL"):
        yield _redis(url)
    if url := environment.get("YIPING_MQTT_URL"):
        yield _broker(url)


def without_password(url: str) -> str:
    """An address fit to be shown."""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def judge_clock(ours: float, theirs: float) -> Finding:
    """Compares this machine's clock with the database's (epoch seconds)."""
    off = theirs - ours
    if abs(off) > CLOCK_ERROR:
        return lacking("clock", f"the database's clock is {off:+.1f} s from ours", "let both follow NTP (chrony, systemd-timesyncd)")
    return good("clock", f"{off * 1000:+.0f} ms from the database's")


def judge_work_days(own: tuple[tuple[date, bool], ...], year: int) -> Finding:
    """Whether days off are known for a year and the next, by the country's calendar or the city's own days."""
    if unknown := unknown_years("china", own, year, year + 1):
        told = " and ".join(map(str, unknown))
        return note("work days", f"of {told} only weekends are known: limits in work days would run through its holidays",
                    "import the city's days: ./yiping import work-days FILE")  # fmt: skip
    return good("work days", f"days off of {year} and {year + 1} are known")


def _database(url: str) -> Iterator[Finding]:
    shown = without_password(url)
    try:
        with psycopg.connect(url, connect_timeout=PATIENCE) as connection:
            before = time.time()
            row = connection.execute(
                """SELECT extract(epoch FROM clock_timestamp())::float8, current_setting('server_version'),
                          (SELECT extversion FROM pg_extension WHERE extname = 'timescaledb')"""
            ).fetchone()
            ours = (before + time.time()) / 2
    except psycopg.OperationalError as error:
        yield lacking("database", f"{shown}: {str(error).strip()}", "start it, or mend YIPING_DATABASE_URL")
        return
    assert row is not None
    theirs, server, extension = row
    if extension is None:
        yield lacking("database", f"{shown} has no TimescaleDB", "as its superuser: CREATE EXTENSION timescaledb")
    else:
        yield good("database", f"{shown}: PostgreSQL {server}, TimescaleDB {extension}")
    yield judge_clock(ours, theirs)
    yield from _outbox(url)
    yield from _work_days(url)


def _outbox(url: str) -> Iterator[Finding]:
    """Whether messages leave the house; nothing where the schema is older than that."""
    try:
        with psycopg.connect(url, connect_timeout=PATIENCE) as connection:
            rows = connection.execute(
                """SELECT channel, count(*), extract(epoch FROM now() - min(created_at))::float8, max(error)
                   FROM outbox WHERE sent_at IS NULL AND failed_at IS NULL GROUP BY channel ORDER BY channel"""
            ).fetchall()
    except psycopg.Error:
        return
    late = [(channel, waiting, age, error) for channel, waiting, age, error in rows if age > _WAITS_LONG]
    for channel, waiting, age, error in late:
        yield note("messages", f"{waiting} wait on the channel {channel}, the oldest {age / 60:.0f} min: {error or 'nobody delivers'}",
                   "see whether a jobs process leads, and YIPING_NOTIFY_URL_ of the channel")  # fmt: skip
    if not late:
        yield good("messages", "none waits")


def _work_days(url: str) -> Iterator[Finding]:
    """Whether holidays are known for this year and the next; nothing where the schema is older than that."""
    try:
        with psycopg.connect(url, connect_timeout=PATIENCE) as connection:
            own = tuple(connection.execute("SELECT day, works FROM work_days ORDER BY day").fetchall())
            row = connection.execute("SELECT extract(year FROM now())::int").fetchone()
    except psycopg.Error:
        return
    yield judge_work_days(own, row[0] if row else 0)


def _redis(url: str) -> Finding:
    try:
        with redis.Redis.from_url(url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE, retry=Retry(NoBackoff(), 0)) as client:
            client.ping()
    except redis.RedisError as error:
        # Screens go on without it, slower: a note, no verdict.
        return note("redis", f"{without_password(url)}: {error}", "start it, or mend YIPING_REDIS_URL")
    return good("redis", without_password(url))


def _broker(url: str) -> Finding:
    parts = urlsplit(url)
    secure = parts.scheme == "mqtts"
    client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id="yiping-doctor", protocol=mqtt.MQTTv5)
    client.connect_timeout = PATIENCE
    if parts.username:
        client.username_pw_set(unquote(parts.username), unquote(parts.password or ""))
    if secure:
        client.tls_set()
    answers: list[str] = []
    client.on_connect = lambda _client, _data, _flags, reason, _properties: answers.append(str(reason))
    try:
        client.connect(parts.hostname or "127.0.0.1", parts.port or (8883 if secure else 1883))
        last = time.monotonic() + PATIENCE
        while not answers and time.monotonic() < last:
            client.loop(0.1)
    except OSError as error:
        return lacking("broker", f"{without_password(url)}: {error}", "start it, or mend YIPING_MQTT_URL")
    finally:
        client.disconnect()
    if answers != ["Success"]:
        said = answers[0] if answers else "no answer"
        return lacking("broker", f"{without_password(url)}: {said}", "mend user and password in YIPING_MQTT_URL")
    return good("broker", without_password(url))
