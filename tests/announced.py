"""Home Assistant's messages batch by batch, as the pipeline reads them."""

import json
from typing import Any

import pytest

from core.config import Config, FeedConfig
from core.model import Decoded, Frame
from ingest.decode import decode, further_keys, wire_keys
from tests.iot import NOW

FORM = "homeassistant"
CONFIG = "homeassistant/sensor/node/depth/config"


class Wire:
    """Messages batch by batch, as the pipeline reads them: only the memory that was asked for is there."""

    def __init__(self, config: Config) -> None:
        self.config = config.model_copy(update={"feeds": {FORM: FeedConfig(kind="mqtt", format=FORM, topics=("#",))}})
        self.memory: dict[tuple[str, str], bytes] = {}

    def say(self, *told: tuple[str, Any]) -> Decoded:
        frames = [Frame(FORM, body if isinstance(body, bytes) else json.dumps(body).encode(), NOW, topic) for topic, body in told]
        known = {key: self.memory[key] for key in wire_keys(frames, self.config) if key in self.memory}
        known |= {key: self.memory[key] for key in further_keys(frames, known, self.config) if key in self.memory}
        out = decode(frames, known, self.config)
        self.memory |= out.memory
        return out

    def announce(self, topic: str = CONFIG, **entry: Any) -> Decoded:
        return self.say((topic, {"stat_t": "a/state", "dev": {"ids": ["box"]}, **entry}))


@pytest.fixture
def wire(config: Config) -> Wire:
    return Wire(config)
