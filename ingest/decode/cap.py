"""CAP 1.2 (OASIS; 1.0 and 1.1 too, and the Chinese dialect of them): a warning becomes a report, its cancellation ends it.

Decides what status, message type, language and expiry mean. A test never becomes a report; an exercise is a drill. A signature
is noted, not trusted: who may post here is decided at the door. Entities and DTDs are refused in `xml_source`.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from xml.etree.ElementTree import Element

from core.errors import DecodeError
from core.model import Channel, Decoded, Frame, Reason, Report
from ingest.decode import warnings_of
from ingest.decode.cap_area import Areas, area_of_codes, areas_of
from ingest.decode.source import NAME_LIMIT, Memory, Source, clean, name_of, refuse, time_of
from ingest.decode.xml_source import said, xml_of

LANGUAGES = ("zh", "en")  # wanted first, where a warning speaks several
SEVERITIES = {"extreme": 1, "severe": 2, "moderate": 3, "minor": 4, "red": 1, "orange": 2, "yellow": 3, "blue": 4,
              "红色": 1, "橙色": 2, "黄色": 3, "蓝色": 4, "红": 1, "橙": 2, "黄": 3, "蓝": 4}  # fmt: skip
REAL, DRILL = "actual", "exercise"  # of the others (test, system, draft) nothing is raised
ALERTS_LIMIT = 500  # of one document: a feed of warnings
REFERENCES_LIMIT = 100
INFOS_LIMIT = 50
PARAMETERS_KEPT = 50
TEXT_LIMIT = 20_000

_CLOCK = re.compile(r"\d{1,2}:\d\d(:\d\d)?")  # what a blank tore off a time
_LATIN = re.compile(
    rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["'](?:iso-8859-1|latin-?1|windows-1252|cp1252|us-ascii)["']""", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Message:
    """One `alert` with what all of its reports share."""

    alert: Element
    identifier: str
    sent: datetime
    kind: str
    drill: bool
    references: tuple[str, ...]


def decode(index: int, frame: Frame, source: Source, memory: Memory, out: Decoded) -> None:
    """Every `alert` of a document, which may be one or wrapped in a feed. Raises `DecodeError` when there is none."""
    root = xml_of(_utf8(frame.payload))
    alerts = [root] if root.tag == "alert" else list(root.iter("alert"))
    if not alerts or (root.tag == "alert" and root.find("identifier") is None):
        raise DecodeError(f"no CAP: <{clean(root.tag[:60])}> holds no alert with an identifier", Reason.UNSUPPORTED)
    if len(alerts) > ALERTS_LIMIT:
        raise DecodeError(f"{len(alerts)} alerts in one document, {ALERTS_LIMIT} allowed", Reason.TOO_LARGE)
    reports: list[Report] = []
    ended: warnings_of.Ended = set()
    refused = len(out.rejected)
    for item, alert in enumerate(alerts):
        try:
            warnings_of.add(reports, _reports(alert, frame, source), ended)
        except DecodeError as problem:
            raw = None if alert is root else f"{said(alert, 'sender')},{said(alert, 'identifier')},{said(alert, 'sent')}".encode()
            refuse(out, (index, frame), source, problem.reason, str(problem), raw, item)
        if len(reports) > source.config.ingest.max_reports:
            del out.rejected[refused:]  # the whole document is
            raise warnings_of.too_many(source)
    out.reports += [(index, report) for report in reports]


def _utf8(payload: bytes) -> bytes:
    """What was declared Latin-1 and is no UTF-8; other character sets are found by the XML reader."""
    if not _LATIN.match(payload[:300]):
        return payload
    try:
        payload.decode("utf-8")
    except UnicodeDecodeError:
        return payload.decode("cp1252", "replace").encode()
    return payload


def _reports(alert: Element, frame: Frame, source: Source) -> Iterator[Report]:
    message = _message(alert, source)
    infos = _infos(alert, source)
    ending = message.kind == "cancel" or any(word.text == "AllClear" for info in infos for word in info.findall("responseType"))
    yield from (_ended(message, reference, infos, source) for reference in message.references)
    if message.kind != "cancel":
        yield _warning(message, infos, frame, source, ending)


def _message(alert: Element, source: Source) -> Message:
    """The head of an alert. Raises `DecodeError` for tests and receipts: they say nothing of the world."""
    identifier = name_of(said(alert, "identifier"), "identifier")
    status, kind = said(alert, "status").lower() or REAL, said(alert, "msgType").lower() or "alert"
    if status not in (REAL, DRILL):
        raise DecodeError(f"status {status[:20]}: nothing is raised", Reason.UNSUPPORTED)
    if kind not in ("alert", "update", "cancel"):
        raise DecodeError(f"msgType {kind[:20]}: a receipt is no warning", Reason.UNSUPPORTED)
    sent = _time(said(alert, "sent") or said(alert, "sendTime"), source)
    if sent is None:
        raise DecodeError("sent is missing")
    references = tuple(name_of(one, "reference") for one in identifiers_of(said(alert, "references")) if one != identifier)
    if kind == "cancel" and not references:
        raise DecodeError("a Cancel that refers to nothing")
    return Message(alert, identifier, sent, kind, status == DRILL, references)


def identifiers_of(text: str) -> list[str]:
    """The identifiers in `sender,identifier,sent sender,identifier,sent …`, or bare ones; the Chinese dialect has a blank in its times."""
    if len(text) > 600 * REFERENCES_LIMIT:
        raise DecodeError(f"{len(text)} letters of references", Reason.TOO_LARGE)
    words = [word.split(",") for word in text.split()]
    found = [parts[1] if len(parts) > 1 else parts[0] for parts in words if len(parts) > 1 or not _CLOCK.fullmatch(parts[0])]
    if len(found) > REFERENCES_LIMIT:
        raise DecodeError(f"{len(found)} references, {REFERENCES_LIMIT} allowed", Reason.TOO_LARGE)
    return list(dict.fromkeys(found))


def _time(text: str, source: Source) -> datetime | None:
    """With its offset; the Chinese dialect writes local time without one. None where nothing stands."""
    return time_of(text, source.zone) if text else None


def _infos(alert: Element, source: Source) -> list[Element]:
    """The `info` blocks of the language wanted, the gravest first. Without a language it is en-US (CAP 1.2, 3.2.2)."""
    infos = alert.findall("info")[:INFOS_LIMIT]
    spoken = [(said(info, "language") or "en-US").lower() for info in infos]
    wanted = next((word for word in LANGUAGES if any(one.startswith(word) for one in spoken)), spoken[0] if spoken else "")
    chosen = [info for info, one in zip(infos, spoken, strict=True) if one.startswith(wanted)]
    return sorted(chosen, key=lambda info: _severity(info) or 5)


def _severity(info: Element) -> int | None:
    return SEVERITIES.get(said(info, "severity").lower())


def _ended(message: Message, reference: str, infos: Sequence[Element], source: Source) -> Report:
    """What an Update or a Cancel refers to is over, as of now: a time a day old would be history, which ends nothing."""
    main = infos[0] if infos else message.alert
    return Report(
        source=source.name,
        external_id=reference,
        channel=Channel.WEATHER,
        title=_title(message, main),
        observed_at=message.sent,
        class_code=_class(infos, source),
        text=_text(message, main),
        extra={"ended_by": message.identifier, "msg_type": message.kind, "ended_at": message.sent.isoformat()}
        | ({"drill": True} if message.drill else {}),
        ended=True,
        severity=_severity(main),
    )


def _warning(message: Message, infos: Sequence[Element], frame: Frame, source: Source, over: bool) -> Report:
    if not infos:
        raise DecodeError("an alert without info")
    main, alert = infos[0], message.alert
    areas = areas_of([area for info in infos for area in info.findall("area")])
    extra = _extra(message, main, areas, source)
    expires_at = extra.get("expires_at")
    expired = expires_at is not None and datetime.fromisoformat(expires_at) <= frame.received_at
    links = [said(resource, "uri") for info in infos for resource in info.findall("resource")]
    if any(part.tag == "Signature" for part in alert):
        extra["signed"] = "unverified"
    return Report(
        source=source.name,
        external_id=message.identifier,
        channel=Channel.WEATHER,
        title=_title(message, main),
        observed_at=message.sent,
        class_code=_class(infos, source),
        text=_text(message, main),
        position=areas.position,
        area=area_of_codes([code for _, code in areas.codes], source.config.area.code),
        address="；".join(areas.names)[:500] or None,
        media=tuple(dict.fromkeys(link[:500] for link in links if link.startswith(("http://", "https://"))))[:50],
        extra=extra,
        ended=over or expired,
        severity=_severity(main),
    )


def _title(message: Message, info: Element) -> str:
    words = said(info, "headline") or said(info, "event") or said(info, "eventType") or said(message.alert, "note")
    return " ".join(words.split())[:NAME_LIMIT] or f"预警 {message.identifier}"[:NAME_LIMIT]


def _text(message: Message, info: Element) -> str | None:
    parts = (said(info, "description"), said(info, "instruction") or said(message.alert, "note"))
    return "\n".join(part for part in parts if part)[:TEXT_LIMIT] or None


def _class(infos: Sequence[Element], source: Source) -> str | None:
    """The feed's `classes` by event, event code or category, of the gravest block that has one."""
    classes = source.feed.classes
    for info in infos if classes else ():
        words = [said(info, "event"), said(info, "eventType"), *(said(code, "value") for code in info.findall("eventCode"))]
        for word in [*words, said(info, "category")]:
            if word in classes:
                return classes[word]
    return None


def _extra(message: Message, info: Element, areas: Areas, source: Source) -> dict[str, Any]:
    alert = message.alert
    extra: dict[str, Any] = {"msg_type": message.kind, "status": said(alert, "status")[:20]}
    for key in ("sender", "scope", "source", "note", "incidents"):
        extra[key] = said(alert, key)[:NAME_LIMIT]
    for key in ("language", "category", "event", "eventType", "urgency", "certainty", "severity", "senderName", "web", "audience"):
        extra[key] = said(info, key)[:NAME_LIMIT]
    for key in ("effective", "onset", "expires"):
        try:
            at = _time(said(info, key), source)
            extra[f"{key}_at"] = at.isoformat() if at else None
        except DecodeError as problem:  # a time beside the matter costs only itself
            extra[f"{key}_refused"] = str(problem)
    pairs = [(said(part, "valueName"), said(part, "value")) for tag in ("eventCode", "parameter") for part in info.findall(tag)]
    extra["parameters"] = {clean(name[:NAME_LIMIT]): value[:NAME_LIMIT] for name, value in pairs[:PARAMETERS_KEPT] if name and value}
    extra["response"] = [(word.text or "")[:NAME_LIMIT] for word in info.findall("responseType")[:10]]
    extra["references"] = list(message.references)
    extra["geocodes"] = [list(code) for code in areas.codes]
    extra["geometry"] = areas.geometry
    extra["circles"] = [{"lon": lon, "lat": lat, "radius_m": radius} for (lon, lat), radius in areas.circles]
    extra["areas_refused"] = areas.refused
    extra["drill"] = message.drill
    return {key: value for key, value in extra.items() if value}
