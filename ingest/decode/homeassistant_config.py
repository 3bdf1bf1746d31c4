"""Home Assistant's discovery messages: whose values come on which topics, how they are read there, and what the device is.

Decides names, devices and which parts of an announcement are of use to a city. Never answers and never commands.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from typing import Any, NamedTuple

import msgspec

from core.errors import DecodeError
from core.model import Reason
from ingest.decode.homeassistant_memory import About, Announced, Entity, Word
from ingest.decode.homeassistant_template import LONGEST, read_template
from ingest.decode.iot_values import Bad, device_of, metric_of, part_of, raw_of
from ingest.decode.source import clean

LONGEST_TOPIC = 300
MOST_COMPONENTS = 1000
# What stands in each of them is worked on as often: it is short.
MOST_SHARED, LONGEST_SHARED = 200, 2048
MOST_NAMES, MOST_WAYS = 10, 10
LONGEST_FIELD = 120
DEVICE = "device"  # the component of messages that announce all values of a device at once
COMPONENTS = frozenset(
    "alarm_control_panel binary_sensor button camera climate cover date datetime device device_automation device_tracker event fan "
    "humidifier image lawn_mower light lock notify number scene select sensor siren switch tag text time update vacuum valve "
    "water_heater".split()
)
# Pictures, triggers and firmware are no values; where somebody's telephone is, is nobody's business here.
WITHOUT_VALUES = {"button", "camera", "device_automation", "device_tracker", "event", "image", "notify", "scene", "tag", "update"}
# Those with two states say them in words of their own.
SWITCHED = {"binary_sensor", "fan", "humidifier", "light", "siren", "switch"}
WORDS = {
    "avty": "availability", "avty_mode": "availability_mode", "avty_t": "availability_topic", "avty_tpl": "availability_template",
    "cmps": "components", "dev": "device", "dev_cla": "device_class", "e": "encoding", "p": "platform", "pl_avail": "payload_available",
    "pl_not_avail": "payload_not_available", "pl_off": "payload_off", "pl_on": "payload_on", "stat_off": "state_off", "stat_on": "state_on",
    "stat_t": "state_topic", "stat_tpl": "state_template", "stat_val_tpl": "state_value_template", "t": "topic", "uniq_id": "unique_id",
    "unit_of_meas": "unit_of_measurement", "val_tpl": "value_template",
}  # fmt: skip
DEVICE_WORDS = {"cns": "connections", "ids": "identifiers", "mdl": "model", "mf": "manufacturer", "sw": "sw_version"}
# Names of Home Assistant for what cities call otherwise.
QUANTITIES = {
    "carbon_monoxide": "co", "nitrogen_dioxide": "no2", "ozone": "o3", "pm2_5": "pm25", "sound_pressure": "noise", "sulphur_dioxide": "so2",
}  # fmt: skip
_BETWEEN = "_-:. "
_UNFIT = re.compile(r"[\x00-\x1f\x7f\ufffd+#]")


class Address(NamedTuple):
    """What the topic of a discovery message says."""

    component: str
    node: str
    name: str


def address_of(topic: str) -> Address | None:
    """`{prefix}/{component}/[{node}/]{name}/config`, whatever the prefix; None for any other topic."""
    levels = topic.split("/") if len(topic) <= LONGEST_TOPIC and topic.endswith("/config") else []
    if len(levels) > 4 and levels[-4] in COMPONENTS:
        return Address(*levels[-4:-1])
    return Address(levels[-3], "", levels[-2]) if len(levels) > 3 and levels[-3] in COMPONENTS else None


def device_at(address: Address) -> str:
    """Who it is when the message does not tell. Raises `DecodeError`."""
    return device_of(address.node or address.name)


def announced_by(topic: str, address: Address, body: dict[str, Any]) -> tuple[Announced, list[Bad]]:
    """What a discovery message announces, and what of it cannot be read. Raises `DecodeError` when it names no device."""
    whole = _spelled(body, WORDS)
    about = _spelled(part_of(whole, "device"), DEVICE_WORDS)
    names = _names(about)
    device = device_of(names[0]) if names else device_at(address)
    told, bad = Announced(device, _about(about)), list[Bad]()
    before = [each.replace(" ", "_") for each in (*names, address.node, _field(about.get("name")), device) if each]
    prefixes = [(each.lower(), len(each)) for each in before if len(each) <= LONGEST_TOPIC]
    for name, component, entry in _components(address, whole, bad):
        try:
            _add(told, topic, _metric(name, prefixes, entry, component), component, entry)
        except DecodeError as problem:
            bad.append(Bad(problem, raw_of({name[:LONGEST_FIELD]: entry}), device))
    return told, bad


def _spelled(part: dict[str, Any], words: dict[str, str]) -> dict[str, Any]:
    return {words.get(name, name): value for name, value in part.items()}


def _names(about: dict[str, Any]) -> list[str]:
    """The first identifiers, else the first addresses of its connections (`[["mac", "02:…"]]`)."""
    told = about.get("identifiers")
    names = (str(each) for each in (told if isinstance(told, list) else [told]) if isinstance(each, str | int) and str(each).strip())
    links = about.get("connections")
    ends = (pair[1] for pair in (links if isinstance(links, list) else []) if isinstance(pair, list) and len(pair) == 2)
    return list(islice(names, MOST_NAMES)) or list(islice((end for end in ends if isinstance(end, str) and end.strip()), MOST_NAMES))


def _about(about: dict[str, Any]) -> About:
    try:
        gateway = device_of(about["via_device"]) if about.get("via_device") else ""
    except DecodeError:
        gateway = ""
    name, product, model, firmware = (_field(about.get(word)) for word in ("name", "manufacturer", "model", "sw_version"))
    return About(name, product, model, firmware, gateway)


def _field(value: object) -> str:
    return clean(str(value)).strip()[:LONGEST_FIELD] if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def _components(address: Address, whole: dict[str, Any], bad: list[Bad]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """(name, component, entry) of each value; what is said for all stands in each. Raises `DecodeError` where that is much."""
    if address.component != DEVICE:
        yield address.name, address.component, whole
        return
    parts = whole.get("components")
    if not isinstance(parts, dict):
        raise DecodeError("a device announces its 'components'")
    shared = {name: value for name, value in whole.items() if name not in ("components", "device")}
    if _is_much(shared):
        raise DecodeError(f"more than {MOST_SHARED} words or {LONGEST_SHARED} bytes for all components", Reason.TOO_LARGE)
    if len(parts) > MOST_COMPONENTS:
        bad.append(Bad(DecodeError(f"more than {MOST_COMPONENTS} components: the rest was not read", Reason.TOO_LARGE)))
    for name, part in list(parts.items())[:MOST_COMPONENTS]:
        entry = _spelled(part, WORDS) if isinstance(part, dict) else {}
        if entry.keys() - {"platform"}:  # with nothing but its platform it is withdrawn
            yield name, _field(entry.get("platform")), shared | entry


def _is_much(shared: dict[str, Any]) -> bool:
    try:
        return len(shared) > MOST_SHARED or len(msgspec.json.encode(shared)) > LONGEST_SHARED
    except (TypeError, ValueError, RecursionError, msgspec.MsgspecError):  # nested too deep to be written again
        return True


def _metric(name: str, prefixes: list[tuple[str, int]], entry: dict[str, Any], component: str) -> str:
    """The name without the device's own, which many put before it; a name that is the device alone gets its quantity from its class."""
    lowered = name.lower()
    for prefix, length in prefixes:
        if lowered.startswith(prefix):
            rest = name[length:]
            if rest.strip(_BETWEEN) and rest[0] in _BETWEEN:
                name = rest.strip(_BETWEEN)
                break
            if not rest:
                name = _field(entry.get("device_class")) or component
                break
    return QUANTITIES.get(name.lower(), name)


def _add(told: Announced, topic: str, metric: str, component: str, entry: dict[str, Any]) -> None:
    """Where its state comes and who tells its presence. Raises `DecodeError` for a topic or a template that cannot be read."""
    _add_words(told, entry)
    state = "" if component in WITHOUT_VALUES else _topic(entry.get("state_topic"), entry)
    if not state:
        return
    metric, refused = metric_of(metric), ""
    steps, filters = list[str](), list[str]()
    try:
        if entry.get("encoding") == "":
            raise DecodeError(f"{component} on '{state[:80]}' brings bytes, not values", Reason.UNSUPPORTED)
        template = entry.get("value_template") or entry.get("state_value_template") or entry.get("state_template")
        steps, filters = _read(template or ("{{ value_json.state }}" if entry.get("schema") == "json" else None))
    except DecodeError as problem:
        refused = str(problem)
    on, off = _switch(component, entry)
    unit, device_class = _field(entry.get("unit_of_measurement")), _field(entry.get("device_class"))
    entity = Entity(topic, told.device, metric, steps, filters, unit, device_class, on, off, refused)
    told.entities.setdefault(state, []).append(entity)
    if refused:
        raise DecodeError(f"{metric[:80]}: {refused}", Reason.UNSUPPORTED)


def _switch(component: str, entry: dict[str, Any]) -> tuple[str, str]:
    if component not in SWITCHED:
        return "", ""
    on, off = entry.get("state_on", entry.get("payload_on", "ON")), entry.get("state_off", entry.get("payload_off", "OFF"))
    return said(on), said(off)


def said(value: object) -> str:
    """A word as it is compared: true and True, 1 and 1.0 are the same; what is no word is empty."""
    if not isinstance(value, str | int | float):
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip().lower()[:LONGEST_FIELD]


def _read(template: object) -> tuple[list[str], list[str]]:
    """`read_template`; the same one stands in many components."""
    return _read_text(template) if isinstance(template, str) and len(template) <= LONGEST else read_template(template)


_read_text = lru_cache(maxsize=1024)(read_template)


def _add_words(told: Announced, entry: dict[str, Any]) -> None:
    listed = entry.get("availability")
    told_ways = listed if isinstance(listed, list) else [listed]
    ways = [_spelled(way, WORDS) for way in islice((way for way in told_ways if isinstance(way, dict)), MOST_WAYS)]
    if not ways and entry.get("availability_topic"):
        ways = [entry | {"topic": entry["availability_topic"], "value_template": entry.get("availability_template")}]
    for way in ways:
        topic = _topic(way.get("topic"), entry)
        if topic:
            steps, _ = _read(way.get("value_template"))
            words = said(way.get("payload_available", "online")), said(way.get("payload_not_available", "offline"))
            told.words[topic] = Word(*words, steps, len(ways) == 1)


def _topic(value: object, entry: dict[str, Any]) -> str:
    """A topic with its base (`~`) in front or behind. Raises `DecodeError` for what nobody can publish to."""
    if not isinstance(value, str) or not value:
        return ""
    base = entry.get("~")
    if isinstance(base, str):
        value = base + value[1:] if value[0] == "~" else value[:-1] + base if value[-1] == "~" else value
    if len(value) > LONGEST_TOPIC or _UNFIT.search(value):
        raise DecodeError(f"'{clean(value[:80])}' is no topic that values come on")
    return value
