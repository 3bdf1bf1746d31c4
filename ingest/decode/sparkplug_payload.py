"""Sparkplug B payloads (Eclipse Sparkplug 3.0.0, chapter 6.4): the bytes of a message → its metrics.

Decides how values are read by their data type. Metrics stay bytes until each is wanted: one that is broken costs only
itself, and a million of them cost nothing. The descriptors are made here, of the standard's field numbers.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.message import DecodeError as WireError

from core.errors import DecodeError
from core.model import Reason

_FIELD = descriptor_pb2.FieldDescriptorProto
_UINT32, _UINT64, _BOOL = _FIELD.TYPE_UINT32, _FIELD.TYPE_UINT64, _FIELD.TYPE_BOOL
_FLOAT, _DOUBLE, _BYTES = _FIELD.TYPE_FLOAT, _FIELD.TYPE_DOUBLE, _FIELD.TYPE_BYTES
# Texts and what is inside are read as bytes: a broken one must not cost the whole message.
MESSAGES: dict[str, dict[str, tuple[int, int]]] = {
    "Payload": {"timestamp": (1, _UINT64), "metrics": (2, _BYTES), "seq": (3, _UINT64), "uuid": (4, _BYTES), "body": (5, _BYTES)},
    "Metric": {
        "name": (1, _BYTES), "alias": (2, _UINT64), "timestamp": (3, _UINT64), "datatype": (4, _UINT32), "is_historical": (5, _BOOL),
        "is_transient": (6, _BOOL), "is_null": (7, _BOOL), "properties": (9, _BYTES),
        "int_value": (10, _UINT32), "long_value": (11, _UINT64), "float_value": (12, _FLOAT), "double_value": (13, _DOUBLE),
        "boolean_value": (14, _BOOL), "string_value": (15, _BYTES), "bytes_value": (16, _BYTES), "dataset_value": (17, _BYTES),
        "template_value": (18, _BYTES), "extension_value": (19, _BYTES),
    },
    "PropertySet": {"keys": (1, _BYTES), "values": (2, _BYTES)},
    "PropertyValue": {"type": (1, _UINT32), "is_null": (2, _BOOL), "int_value": (3, _UINT32), "long_value": (4, _UINT64)},
}  # fmt: skip
REPEATED = {("Payload", "metrics"), ("PropertySet", "keys"), ("PropertySet", "values")}
MANY = {"bytes_value", "dataset_value", "template_value", "extension_value"}  # no single value
SIGNED_BITS = {1: 8, 2: 16, 3: 32, 4: 64}  # Int8 … Int64 (chapter 6.4.16), sent as unsigned two's complement
FLOAT32 = 9


class Metric(NamedTuple):
    """One metric as it stands on the wire; what it does not say is None."""

    name: str | None
    alias: int | None
    timestamp: int | None
    datatype: int | None
    historical: bool
    null: bool
    value: int | float | bool | bytes | None
    quality: int | None


def _classes() -> dict[str, Callable[[], Any]]:
    file = descriptor_pb2.FileDescriptorProto(name="yiping/sparkplug_b.proto", package="yiping.sparkplug_b", syntax="proto2")
    for message, fields in MESSAGES.items():
        described = file.message_type.add(name=message)
        if message == "Metric":
            described.oneof_decl.add(name="value")
        for name, (number, kind) in fields.items():
            label = _FIELD.LABEL_REPEATED if (message, name) in REPEATED else _FIELD.LABEL_OPTIONAL
            added = described.field.add(name=name, number=number, type=kind, label=label)
            if message == "Metric" and name.endswith("_value"):
                added.oneof_index = 0
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return {name: message_factory.GetMessageClass(pool.FindMessageTypeByName(f"yiping.sparkplug_b.{name}")) for name in MESSAGES}


_CLASSES = _classes()


def blank(message: str) -> Any:
    """An empty message of `MESSAGES`, to be filled or parsed into."""
    return _CLASSES[message]()


def parse(message: str, raw: bytes) -> Any:
    """The bytes of one message of `MESSAGES`. Raises `DecodeError`."""
    found = blank(message)
    try:
        found.ParseFromString(raw)
    except WireError as error:
        raise DecodeError(f"no Sparkplug {message.lower()}: {str(error)[:100]}") from error
    return found


def metric_of(raw: bytes) -> Metric:
    """One metric. Raises `DecodeError`, unsupported for data sets, templates, arrays and files."""
    told = parse("Metric", raw)
    kind = told.WhichOneof("value")
    if kind in MANY:
        raise DecodeError(f"a {kind.removesuffix('_value')} is no single value", Reason.UNSUPPORTED)
    return Metric(
        text_of(told.name) if told.HasField("name") else None,
        told.alias if told.HasField("alias") else None,
        told.timestamp if told.HasField("timestamp") else None,
        told.datatype if told.HasField("datatype") else None,
        told.is_historical,
        told.is_null or kind is None,
        getattr(told, kind) if kind else None,
        _quality(told.properties) if told.HasField("properties") else None,
    )


def text_of(raw: bytes) -> str:
    """UTF-8. Raises `DecodeError`."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise DecodeError("a text that is no UTF-8") from error


def value_of(value: int | float | bool | bytes | None, datatype: int | None) -> float | str | None:
    """A value by its data type: signs restored, single precision without the digits it does not have. Raises `DecodeError`."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, bytes):
        return text_of(value)
    if isinstance(value, float):
        return float(f"{value:.7g}") if datatype == FLOAT32 else value
    bits = SIGNED_BITS.get(datatype or 0)
    if bits is None:
        return value
    value &= (1 << bits) - 1
    return value - (1 << bits) if value >> (bits - 1) else value


def _quality(raw: bytes) -> int | None:
    """The property `Quality` (chapter 6.4.10): 192 good, 500 stale, 0 bad."""
    found = parse("PropertySet", raw)
    for key, value in zip(found.keys[:100], found.values[:100], strict=False):
        if key == b"Quality":
            return int(parse("PropertyValue", value).int_value)
    return None
