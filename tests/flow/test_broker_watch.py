"""A broker's queue that fills is an alarm, not a surprise."""

from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import urlsplit

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from deploy.local.services import Services
from ingest.mqtt_watch import BrokerWatch
from tests.stack import until


def client(services: Services, name: str) -> mqtt.Client:
    url = urlsplit(services.mosquitto.url)
    made = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=name, clean_session=False)
    made.username_pw_set(url.username, url.password)
    made.connect(url.hostname or "", url.port or 0)
    made.loop_start()
    return made


@pytest.fixture
def sleeper(services: Services) -> Iterator[None]:
    """Somebody whose messages the broker must keep."""
    absent = client(services, "sleeper")
    until(absent.is_connected)
    granted: list[int] = []
    absent.on_subscribe = lambda *_: granted.append(1)
    absent.subscribe("city/sleeper/#", 1)
    until(lambda: granted)
    absent.disconnect()
    absent.loop_stop()
    yield
    back = mqtt.Client(CallbackAPIVersion.VERSION2, client_id="sleeper", clean_session=True)
    url = urlsplit(services.mosquitto.url)
    back.username_pw_set(url.username, url.password)
    back.connect(url.hostname or "", url.port or 0)
    back.loop_start()
    until(back.is_connected)
    back.disconnect()
    back.loop_stop()


@pytest.mark.usefixtures("sleeper")
def test_a_queue_that_is_half_full_is_told_before_it_is_full(services: Services) -> None:
    watch = BrokerWatch(services.mosquitto.url, 1_000_000, lambda: datetime.now(UTC), "watch-test")
    until(lambda: watch.health().state == "connected", what="the broker's figures")
    speaker = client(services, "speaker")
    for _ in range(600):
        speaker.publish("city/sleeper/x", b"x" * 1000, 1)
    try:
        until(lambda: watch.health().state == "pressed", what="the alarm")
        assert watch.queued_bytes >= 500_000
        assert "of 1,000,000 bytes queued" in watch.health().detail
    finally:
        speaker.disconnect()
        speaker.loop_stop()
        watch.close()
