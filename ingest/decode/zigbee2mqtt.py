"""Zigbee2MQTT: `zigbee2mqtt/{friendly name}` and its `/availability`.

Decides what of a device's state is a value. Never reads the bridge's lists: devices are registered by what they send.
"""

from collections.abc import Iterator
from typing import Any

from core.errors import DecodeError
from core.model import Decoded, Frame, Presence, Reason
from ingest.decode.iot_values import Bad, Said, Told, device_of, gather, leaves, moment, raw_of, spoken, told
from ingest.decode.source import Memory, Source

ABOUT = {"last_seen", "elapsed", "device", "update", "update_available"}  # of the message and the firmware, not of the city
ASKING = {"set", "get"}
retained = ("/availability", "/bridge/state")  # endings of topics whose last message the broker keeps


def decode(index: int, frame: Frame, source: Source, memory: Memory, out: Decoded) -> None:
    """One message by its topic; over HTTP `{topic, payload}` or a list of such. Raises `DecodeError`."""
    gather(told(frame, lambda topic, body: _speak(topic, body, frame, source)), (index, frame), source, out)


def _speak(topic: str, body: Any, frame: Frame, source: Source) -> Iterator[Told]:
    """The first level is the base topic, whatever it is called; a friendly name may have several."""
    _, *names = topic.split("/")
    if names and names[-1] == "availability":
        yield Presence(device_of(":".join(names[:-1])), _online(body), frame.received_at)
        return
    if names == ["bridge", "state"]:
        yield Presence(device_of(topic.replace("/", ":").removesuffix(":state")), _online(body), frame.received_at)
        return
    if not names or names[0] == "bridge" or names[-1] in ASKING or "set" in names[1:-1]:
        raise DecodeError(f"topic '{topic[:200]}' brings no values", Reason.UNSUPPORTED)
    device = device_of(":".join(names))
    if not isinstance(body, dict):
        raise DecodeError("a state is an object: set 'output: json' in Zigbee2MQTT", Reason.UNSUPPORTED)
    yield from _state(device, body, source)


def _state(device: str, body: dict[str, Any], source: Source) -> Iterator[Told]:
    try:
        at = moment(body.get("last_seen"), source)
    except DecodeError as problem:
        yield Bad(problem, raw_of(body.get("last_seen")), device)
        at = None
    for name, value in leaves({step: part for step, part in body.items() if step not in ABOUT}):
        if value != "":  # an action that is over
            yield Said(device, name, spoken(value), at)


def _online(body: object) -> bool:
    """`online`, or `{"state": "online"}` of newer versions. Raises `DecodeError`."""
    word = body.get("state") if isinstance(body, dict) else body
    if word not in ("online", "offline"):
        raise DecodeError("availability is 'online' or 'offline'")
    return bool(word == "online")
