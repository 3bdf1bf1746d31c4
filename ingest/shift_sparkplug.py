"""Stamps in Sparkplug B payloads: of the message and of each metric, in milliseconds of the epoch.

Decides nothing about values. A payload whose bytes would not come back the same (fields in an order of their own) stays as it was.
"""

from typing import Any

from core.errors import DecodeError
from ingest.decode.sparkplug_payload import parse
from ingest.shift_stamps import Stamps


def shift_sparkplug(payload: bytes, stamps: Stamps) -> bytes:
    """The same message, its times moved."""
    message = _exact("Payload", payload)
    if message is None:
        return payload
    for place, raw in enumerate(message.metrics):
        metric = _exact("Metric", raw)
        if metric is not None and _move(metric, stamps):
            message.metrics[place] = metric.SerializeToString()
    _move(message, stamps)
    return bytes(message.SerializeToString())


def _exact(kind: str, raw: bytes) -> Any:
    """The message, if writing it again gives the very same bytes; else None."""
    try:
        message = parse(kind, raw)
    except DecodeError:
        return None
    return message if message.SerializeToString() == raw else None


def _move(message: Any, stamps: Stamps) -> bool:
    new = stamps.number(str(message.timestamp)) if message.timestamp else None
    if new is None:
        return False
    message.timestamp = int(new)
    return True
