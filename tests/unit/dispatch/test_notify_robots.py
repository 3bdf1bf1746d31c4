"""Robots' bodies and signatures, computed a second time from their rules; what their codes mean."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from core.request_config import AnswerConfig
from dispatch.http_request import judge
from dispatch.notify import Contact, Letter, Message, Parcel
from dispatch.notify_robots import ANSWERS, cut, dingtalk, feishu, wecom

AT = datetime(2026, 11, 21, 4, tzinfo=UTC)
PARCEL = Parcel((Message(1, "k1", "bot/all", "x", 2, {}, AT),))
WANG, LI = Contact(1, phone="13800000001", robots={"dingtalk": "wang01", "feishu": "ou_1"}), Contact(2, phone="13800000002")
LETTER = Letter(PARCEL, b"{}", {"zh": "告警", "en": "Alarm"}, (WANG, LI))


def test_wecom_gets_text_and_names_people_by_telephone_where_no_id_is_known() -> None:
    request = wecom("https://robot.invalid/send?key=K", "", "告警", LETTER, AT)
    assert request.url == "https://robot.invalid/send?key=K"
    assert json.loads(request.content) == {
        "msgtype": "text",
        "text": {"content": "告警", "mentioned_mobile_list": ["13800000001", "13800000002"]},
    }


def test_dingtalk_is_signed_in_its_address_over_milliseconds_and_secret() -> None:
    request = dingtalk("https://robot.invalid/send?access_token=T", "SECx", "告警", LETTER, AT)
    query = {name: values[0] for name, values in parse_qs(urlsplit(request.url).query).items()}
    assert query["timestamp"] == str(int(AT.timestamp()) * 1000)
    expected = hmac.digest(b"SECx", f"{query['timestamp']}\nSECx".encode(), hashlib.sha256)
    assert query["sign"] == base64.b64encode(expected).decode()
    body = json.loads(request.content)
    assert body["at"] == {"atMobiles": ["13800000002"], "atUserIds": ["wang01"], "isAtAll": False}
    assert body["text"]["content"] == "告警 @wang01 @13800000002"


def test_feishu_is_signed_in_its_body_by_a_key_of_seconds_and_secret() -> None:
    body = json.loads(feishu("https://robot.invalid/hook/H", "geheim", "水位 <3 m>", LETTER, AT).content)
    expected = hmac.digest(f"{body['timestamp']}\ngeheim".encode(), b"", hashlib.sha256)
    assert body["timestamp"] == str(int(AT.timestamp()))
    assert body["sign"] == base64.b64encode(expected).decode()
    assert body["content"]["text"] == '水位 〈3 m〉 <at user_id="ou_1"></at>'
    assert "sign" not in json.loads(feishu("https://robot.invalid/hook/H", "", "x", LETTER, AT).content)


@pytest.mark.parametrize(
    ("kind", "answer", "sent", "again"),
    [
        ("wecom", {"errcode": 0}, True, True), ("wecom", {"errcode": 45009}, False, True), ("wecom", {"errcode": 93000}, False, False),
        ("dingtalk", {"errcode": 0}, True, True), ("dingtalk", {"errcode": 130101}, False, True), ("dingtalk", {"errcode": 310000}, False, False),
        ("feishu", {"code": 0}, True, True), ("feishu", {"code": 11232}, False, True), ("feishu", {"code": 19021}, False, False),
    ],
)  # fmt: skip
def test_busy_robots_are_asked_again_and_those_that_refuse_are_not(kind: str, answer: dict[str, int], sent: bool, again: bool) -> None:
    outcome = judge(200, json.dumps(answer).encode(), ANSWERS[kind])
    assert (outcome.sent, outcome.again) == (sent, again)


@pytest.mark.parametrize(
    ("status", "again"), [(500, True), (503, True), (429, True), (408, True), (400, False), (401, False), (302, False)]
)
def test_of_a_status_only_what_may_pass_is_tried_again(status: int, again: bool) -> None:
    outcome = judge(status, b"", AnswerConfig())
    assert (outcome.sent, outcome.again, outcome.error) == (False, again, f"answered {status}")


def test_an_answer_that_is_no_json_where_a_code_belongs_is_tried_again_and_its_words_are_not_repeated() -> None:
    outcome = judge(200, b"<html>login: secret", AnswerConfig(code="code"))
    assert (outcome.sent, outcome.again, outcome.error) == (False, True, "the answer is not JSON")


def test_a_text_is_cut_at_a_letter_and_shows_it() -> None:
    assert cut("一二三", 9) == "一二三"
    assert cut("一二三四", 11) == "一二…"
    assert len(cut("告警" * 2_000, 2_048).encode()) <= 2_048
