"""What a parcel says: one sentence a language from its template, and the body a gateway gets. Pure: the texts are handed in.

A template is a key `notify.NAME` of assets/i18n; it may ask for anything the payload holds, and what the payload lacks stays empty.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from string import Formatter
from typing import Any, Protocol

from dispatch.notify import Message, Parcel, Person

_COUNTS = ("acked", "owned", "signals")


class Texts(Protocol):
    """The texts of one language (`panels.text.Text`)."""

    @property
    def texts(self) -> Mapping[str, str]: ...
    def __call__(self, key: str, **values: object) -> str: ...


def say(parcel: Parcel, text: Texts) -> str:
    """One sentence in one language: what happened, and of a summary how much."""
    first = parcel.first
    sentence = _sentence(first, text)
    if len(parcel.messages) > 1:
        sentence = text("notify.summary", n=len(parcel.messages), first=sentence)
    return (text(f"notify.mark.{first.mark}") if first.mark else "") + sentence


def _sentence(message: Message, text: Texts) -> str:
    key = f"notify.{message.template}"
    key = key if key in text.texts else "notify.other"
    known = {name: value for name, value in message.payload.items() if isinstance(value, str | int | float)}
    known |= {name: message.payload.get(name) or 0 for name in _COUNTS} | {"severity": text(f"severity.{message.severity}")}
    wanted = [name for _, name, _, _ in Formatter().parse(text.texts[key]) if name]
    return text(key, **{name: known.get(name, "") for name in wanted}) if wanted else text(key)


def write_body(parcel: Parcel, people: Mapping[int, Person], words: Mapping[str, str], now: datetime) -> bytes:
    """What a gateway gets (docs/notify.md). People are named by account and title: their numbers are the gateway's."""
    first = parcel.first
    body = {
        "id": parcel.id, "at": now.isoformat(), "severity": first.severity, "count": len(parcel.messages),
        "drill": first.mark == "drill", "simulated": first.mark == "simulated", "text": words["zh"], "text_en": words["en"],
        "recipients": [{"account": people[key].login, "title": people[key].title} for key in first.recipients if key in people],
        "messages": [_line(message) for message in parcel.messages],
    }  # fmt: skip
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"), default=str).encode()


def _line(message: Message) -> dict[str, Any]:
    created_at = message.created_at.isoformat()
    known = {"message": message.dedupe_key, "template": message.template, "severity": message.severity, "created_at": created_at}
    return {**message.payload, **known}
