"""What a message says: every template in both languages, whatever its payload lacks."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from core.text import Text, load_texts
from dispatch.notify import Message, Parcel, Person
from dispatch.notify_words import say, write_body
from tests.conftest import ROOT

AT = datetime(2026, 11, 21, 4, tzinfo=UTC)
TEXTS = load_texts(ROOT / "assets" / "i18n")
TEMPLATES = sorted(key.removeprefix("notify.") for key in TEXTS["zh"].texts if key.startswith("notify.") and "mark" not in key)


def parcel(template: str, more: int = 0, **payload: Any) -> Parcel:
    messages = tuple(Message(n, f"k{n}", "role:duty", template, 2, payload, AT, recipients=(1,)) for n in range(1 + more))
    return Parcel(messages, 0 if more else None)


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
@pytest.mark.parametrize("template", [name for name in TEMPLATES if name != "summary"])
def test_every_template_can_be_said_with_nothing_known_and_leaves_no_bracket(template: str, text: Text) -> None:
    cases: tuple[dict[str, Any], ...] = ({}, {"title": "{x}", "by": "王", "signals": 3})
    for known in cases:
        said = say(parcel(template, **known), text)
        assert "{" not in said.replace("{x}", "")


def test_a_template_nobody_wrote_says_its_title_and_a_summary_says_how_many() -> None:
    assert say(parcel("nobody_wrote_this", title="井盖破损"), TEXTS["zh"]) == "井盖破损"
    assert say(parcel("case_dispatched", 4, title="井盖破损"), TEXTS["en"]) == "New case · Orange · II: 井盖破损 (one of 5)"
    assert say(parcel("case_dispatched", title="井盖破损", drill=True), TEXTS["zh"]).startswith("【演练】")


def test_a_body_names_people_by_account_and_title_only() -> None:
    people = {1: Person(1, "wang", "值班员 01", "duty", ("3204",)), 2: Person(2, "li", "值班员 02", "duty", ("3204",))}
    body = json.loads(write_body(parcel("mention", title="x", noun="alert", id=7), people, {"zh": "甲", "en": "A"}, AT))
    assert body["recipients"] == [{"account": "wang", "title": "值班员 01"}]
    assert (body["text"], body["text_en"], body["messages"][0]["id"]) == ("甲", "A", 7)
