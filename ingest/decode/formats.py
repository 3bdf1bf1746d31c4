"""The formats Yiping reads: one line each. A new one is a module beside this file, its line here, and its page in docs/protocols.

A format's module has `decode` and, where the wire needs it, `wire_keys`, `further_keys`, `portions`, `choose`, `split`, `retained`,
`bare`: found by these names.
"""

from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType

from core.model import Frame
from ingest.decode import (
    ai_events,
    cap,
    chirpstack,
    dahua,
    frigate,
    gat1400,
    gb28181,
    hikvision,
    hj212,
    homeassistant,
    hotline_sheet,
    hotline_ticket,
    mapped,
    mapped_rows,
    native,
    ngsi,
    onvif,
    report_body,
    senml,
    sensorthings,
    sl651,
    sparkplug,
    tasmota,
    thingsboard,
    ttn,
    weather,
    zigbee2mqtt,
)
from ingest.decode.source import Decoder, Source

FurtherKeys = Callable[[Frame, Callable[[str], bytes | None]], set[str]]
Split = Callable[[bytes], tuple[list[bytes], bytes]]


@dataclass(frozen=True, slots=True)
class Format:
    """How a wire is read.

    `wire_keys`: whose memory a frame wants, and leaves something in · `further_keys`: what these memories name besides ·
    `portions`: a long body as several, each with the place of its first row · `choose`: the bytes tell the feed · `split`: whole
    frames in a stream of bytes, and the rest · `retained`: endings of MQTT topics whose last message the broker keeps · `bare`: what
    may be kept of bytes that can hold faces, names or number plates.
    """

    decode: Decoder
    wire_keys: Callable[[Frame], set[str]] | None = None
    further_keys: FurtherKeys | None = None
    portions: Callable[[bytes, int], list[tuple[int, bytes]]] | None = None
    choose: Callable[[Frame, Source], Source] | None = None
    split: Split | None = None
    retained: tuple[str, ...] = ()
    bare: Callable[[bytes, Source], bytes] | None = None


def _of(module: ModuleType) -> Format:
    return Format(**{name: getattr(module, name) for name in Format.__dataclass_fields__ if hasattr(module, name)})


FORMATS: dict[str, Format] = {
    "native": _of(native),
    "readings": Format(report_body.decode_readings),
    "reports": Format(report_body.decode_report_body),
    # environment and water stations
    "hj212": _of(hj212),
    "sl651": _of(sl651),
    # video
    "ai-events": _of(ai_events),
    "dahua": _of(dahua),
    "frigate": _of(frigate),
    "gat1400": _of(gat1400),
    "gb28181": _of(gb28181),
    "hikvision": _of(hikvision),
    "onvif": _of(onvif),
    # Internet of things
    "chirpstack": _of(chirpstack),
    "homeassistant": _of(homeassistant),
    "mapped": Format(mapped.decode, portions=mapped_rows.portions),
    "ngsi": _of(ngsi),
    "senml": _of(senml),
    "sensorthings": _of(sensorthings),
    "sparkplug": _of(sparkplug),
    "tasmota": _of(tasmota),
    "thingsboard": _of(thingsboard),
    "ttn": _of(ttn),
    "zigbee2mqtt": _of(zigbee2mqtt),
    # citizens and warnings
    "cap": _of(cap),
    "hotline-csv": _of(hotline_sheet),
    "hotline-sheet": _of(hotline_sheet),
    "hotline-ticket": _of(hotline_ticket),
    "weather": _of(weather),
}
