"""The Things Stack 3 messages (JSON) of LoRaWAN devices: uplinks, joins, solved places.

Decides what an uplink's fields are called here. Never reads `frm_payload`: it is decoded by the formatter of the
application, in The Things Stack.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from core.errors import DecodeError
from core.model import Decoded, Frame, Presence, Reason
from ingest.decode.chirpstack import best_heard
from ingest.decode.iot_values import Bad, Said, Told, device_of, gather, leaves, moment, object_of, part_of, place, raw_of
from ingest.decode.source import Memory, Source


def decode(index: int, frame: Frame, source: Source, memory: Memory, out: Decoded) -> None:
    """One message of a device. Raises `DecodeError`: unsupported for downlinks and other talk of the network."""
    message = object_of(frame.payload)
    ids = part_of(message, "end_device_ids")
    if not ids:
        raise DecodeError("no end_device_ids: not a message of The Things Stack 3", Reason.UNSUPPORTED)
    device = device_of(ids.get("device_id"), "device_id")
    gather(_said(device, message, frame, source), (index, frame), source, out)


def _said(device: str, message: dict[str, Any], frame: Frame, source: Source) -> Iterator[Told]:
    uplink, received = part_of(message, "uplink_message"), message.get("received_at")
    if uplink:
        yield from _uplink(device, uplink, moment(uplink.get("received_at") or received, source), source)
    elif "join_accept" in message:
        at = moment(part_of(message, "join_accept").get("received_at") or received, source)
        yield Presence(device, True, at or frame.received_at)
    elif where := part_of(part_of(message, "location_solved"), "location"):
        yield from place(source, device, where.get("longitude"), where.get("latitude"))
    else:
        kind = next((key for key in message if key not in ("end_device_ids", "correlation_ids", "received_at")), "an empty message")
        raise DecodeError(f"'{kind[:40]}' brings no values", Reason.UNSUPPORTED)


def _uplink(device: str, uplink: dict[str, Any], at: datetime | None, source: Source) -> Iterator[Told]:
    """The decoded payload, the battery the network asked for, and how well the best gateway heard it."""
    best = best_heard(uplink.get("rx_metadata"))
    gateway = part_of(best, "gateway_ids").get("gateway_id")
    where = next((each for each in part_of(uplink, "locations").values() if isinstance(each, dict)), {})
    heard = device_of(gateway, "gateway_id") if isinstance(gateway, str) and gateway else None
    yield from place(source, device, where.get("longitude"), where.get("latitude"), heard)
    for signal in ("rssi", "snr"):
        if signal in best:
            yield Said(device, signal, best[signal], at)
    battery = part_of(uplink, "last_battery_percentage").get("value")
    if battery is not None:
        yield Said(device, "battery", battery, at)
    if uplink.get("decoded_payload") is not None:
        for name, value in leaves(uplink["decoded_payload"]):
            yield Said(device, name or "value", value, at)
    elif uplink.get("frm_payload"):
        problem = DecodeError("no formatter has decoded 'frm_payload': choose one in the application", Reason.UNSUPPORTED)
        yield Bad(problem, raw_of(uplink["frm_payload"]), device)
