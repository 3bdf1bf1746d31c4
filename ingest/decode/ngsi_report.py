"""NGSI entities that tell of something that happened (Alert, WeatherAlert, Anomaly, RoadAccident …) → reports.

Decides title, class and severity. Never decides whether it is true: a report waits for a person.
"""

from collections.abc import Mapping
from typing import Any

from core.errors import DecodeError
from core.model import Channel, Frame, Position, Reason, Report, Severity
from ingest.decode.iot_values import device_of
from ingest.decode.ngsi_values import first_time, point_of, short, value_of
from ingest.decode.source import Source, clean, position_of, storable

KINDS = ("Alert", "Anomaly", "RoadAccident", "Incident")  # how the types of such entities end
TIMES = ("dateIssued", "validFrom", "accidentDate", "dateDetected", "dateObserved", "observedAt", "dateCreated")
SEVERITIES = {"critical": Severity.RED, "high": Severity.ORANGE, "medium": Severity.YELLOW, "low": Severity.BLUE,
              "informational": Severity.NOTICE}  # fmt: skip
WORDS = {
    "traffic": "交通", "weather": "天气", "environment": "环境", "health": "健康", "security": "安全", "agriculture": "农业",
    "naturalDisaster": "自然灾害", "trafficJam": "交通拥堵", "carAccident": "交通事故", "roadWorks": "道路施工", "snow_ice": "冰雪",
    "rainfall": "降雨", "flood": "洪水", "wind": "大风", "fog": "大雾", "thunderstorm": "雷暴", "highTemperature": "高温",
    "lowTemperature": "低温", "airPollution": "大气污染", "waterPollution": "水污染", "fire": "火灾", "robbery": "抢劫",
    "Alert": "告警", "WeatherAlert": "天气预警", "Anomaly": "监测异常", "RoadAccident": "道路交通事故",
}  # fmt: skip
ENDED = {"closed", "solved", "finished", "resolved"}
EXTRA = ("category", "subCategory", "severity", "status", "validFrom", "validTo", "alertSource", "detectedBy", "anomalousProperty",
         "totalInjured", "data")  # fmt: skip
TEXT_LIMIT = 20_000


def is_report(entity: Mapping[str, Any]) -> bool:
    return _type(entity).endswith(KINDS)


def report_of(entity: Mapping[str, Any], frame: Frame, source: Source) -> Report:
    """One entity → one report with its id: later ones of the same id bring it up to date. Raises `DecodeError`."""
    said = {name: value_of(part) for name, part in entity.items()}
    kind = _type(entity)
    category, detail = (_word(said.get(name)) for name in ("category", "subCategory"))
    weather = kind == "WeatherAlert" or category == "weather"
    extra = {name: storable(said[name]) for name in EXTRA if isinstance(said.get(name), str | int | float)} | {"type": kind}
    observed_at = first_time(entity, TIMES, source)
    if observed_at is None:
        extra["without_time"] = True
    words = [WORDS.get(word, word) for word in (category, detail) if word] or [WORDS.get(kind, kind)]
    return Report(
        source=source.name,
        external_id=device_of(entity["id"], "id"),
        channel=Channel.WEATHER if weather else Channel.SENSOR if kind == "Anomaly" else Channel.TRANSFER,
        title=clean("物联平台告警:" + "、".join(dict.fromkeys(words)))[:160],
        observed_at=observed_at or frame.received_at,
        class_code=next((source.feed.classes[word] for word in (detail, category, kind) if word in source.feed.classes), None),
        text=clean(_text(said.get("description")))[:TEXT_LIMIT] or None,
        position=_position(entity, source, extra),
        address=_address(said.get("address")),
        extra=extra,
        ended=_word(said.get("status")).lower() in ENDED,
        severity=SEVERITIES.get(_word(said.get("severity")).lower()),
    )


def _type(entity: Mapping[str, Any]) -> str:
    """The type; of several the last one."""
    word = entity["type"]
    word = word[-1] if isinstance(word, list) and word else word
    if not isinstance(word, str):
        raise DecodeError("a type is a word", Reason.TYPE)
    return clean(short(word))[:80]


def _word(value: object) -> str:
    return clean(value)[:80] if isinstance(value, str) else ""


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _position(entity: Mapping[str, Any], source: Source, extra: dict[str, Any]) -> Position | None:
    """A place that lies on no globe does not cost the report."""
    where = point_of(entity.get("location"))
    try:
        return position_of(*where, None, source) if where else None
    except DecodeError as problem:
        extra["position_refused"] = str(problem)[:200]
        return None


def _address(value: object) -> str | None:
    parts = [value.get(key) for key in ("addressRegion", "addressLocality", "streetAddress")] if isinstance(value, dict) else [value]
    return clean(" ".join(part.strip() for part in parts if isinstance(part, str)))[:500] or None
