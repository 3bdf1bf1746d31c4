"""A device that Home Assistant's discovery announced, through the pipeline: adopted with what was said of it, and never written over."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from core.config import Config, FeedConfig
from core.model import Frame
from pipeline import Outcome, process
from store.timescale import Store
from tests.store.test_registry import City

CONFIG = "homeassistant/sensor/pole/temperature/config"
DEVICE = {"ids": ["pole-9"], "name": "九号杆", "mf": "Aqara", "mdl": "WSDCGQ11LM", "sw": "1.4", "via_device": "bridge"}
ENTRY = {"dev": DEVICE, "stat_t": "pole/9", "unit_of_meas": "°F", "dev_cla": "temperature", "avty_t": "pole/9/LWT"}


class Pole(City):
    """A city whose only feed is of Home Assistant's."""

    def hear(self, topic: str, body: Any) -> Outcome:
        """A batch of one message, a while after the last."""
        self.now += timedelta(seconds=5)
        payload = body if isinstance(body, bytes) else json.dumps(body).encode()
        return process([Frame("ha", payload, self.now, topic)], self.now, self.deps)


@pytest.fixture
def pole(config: Config, database_url: str, now: datetime) -> Iterator[Pole]:
    store = Store(database_url)
    feeds = {"ha": FeedConfig(kind="mqtt", format="homeassistant", topics=("homeassistant/+/+/+/config", "pole/+", "pole/+/LWT"))}
    yield Pole(config.model_copy(update={"feeds": feeds}), store, now)
    store.close()


def test_an_announced_device_is_adopted_with_its_first_value(pole: Pole) -> None:
    pole.hear(CONFIG, ENTRY)
    assert pole.rows("select 1 from devices") == []
    assert pole.hear("pole/9", b"68").taken[0].accepted == 1
    shown = pole.get("pole-9")
    assert [shown[name] for name in ("name", "product", "model", "firmware", "gateway", "verified")] == [
        "九号杆", "Aqara", "WSDCGQ11LM", "1.4", "bridge", False,
    ]  # fmt: skip
    assert pole.stored() == [("pole-9", "temperature", 20.0)]
    pole.hear("pole/9/LWT", b"offline")
    assert pole.get("pole-9")["presence"] == "offline"


def test_a_registered_device_keeps_its_fields(pole: Pole) -> None:
    pole.register("pole-9")
    pole.hear(CONFIG, ENTRY)
    pole.hear("pole/9", b"32")
    shown = pole.get("pole-9")
    assert [shown[name] for name in ("name", "product", "firmware", "gateway", "verified")] == ["pole-9", None, None, None, True]


def test_what_is_withdrawn_a_batch_later_brings_nothing_more(pole: Pole) -> None:
    pole.hear(CONFIG, ENTRY)
    pole.hear("pole/9", b"68")
    pole.hear(CONFIG, b"")
    assert [one.reason for one in pole.hear("pole/9", b"69").taken[0].rejected] == ["unsupported"]
    pole.hear(CONFIG, ENTRY | {"stat_t": "pole/10"})
    pole.hear(CONFIG, ENTRY | {"stat_t": "pole/11"})
    assert [pole.hear(topic, b"50").taken[0].accepted for topic in ("pole/10", "pole/11")] == [0, 1]
