"""Templates of requests: words in their places, typed values whole, signatures computed a second time."""

import hashlib
import hmac
import json
from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from core.notify_config import ChannelConfig
from core.request_config import AnswerConfig, RequestConfig, SignatureConfig
from dispatch.http_request import judge, of_moment, render

AT = datetime(2026, 11, 21, 4, tzinfo=UTC)
VALUES = {**of_moment(AT, "app", "geheim"), "id": "k/1#2", "phone": "13800000000", "text": "水位\n高", "severity": 2, "fields": {"a": 1}}


def test_words_are_filled_in_path_query_headers_and_body_and_one_alone_keeps_its_kind() -> None:
    config = RequestConfig(
        path="/v1/{id}/send", query={"to": "{phone}"}, headers={"X-Key": "{key}", "X-Text": "{text}"},
        body={"mobiles": ["{phone}"], "content": "【一屏】{text}", "level": "{severity}", "record": "{fields}", "nothing": "{unknown}"},
    )  # fmt: skip
    request = render(config, "https://sms.invalid/", VALUES)
    assert request.url == "https://sms.invalid/v1/k%2F1%232/send?to=13800000000"
    assert request.headers["X-Key"] == "app"
    assert "\n" not in request.headers["X-Text"]
    assert json.loads(request.content) == {
        "mobiles": ["13800000000"], "content": "【一屏】水位\n高", "level": 2, "record": {"a": 1}, "nothing": ""
    }  # fmt: skip


def test_a_form_is_encoded_as_one_and_its_fields_can_be_signed_in_their_order() -> None:
    config = RequestConfig(
        encoding="form", body={"phone": "{phone}", "app": "{key}", "sign": "{signature}"},
        signature=SignatureConfig(algorithm="md5", text="{sorted}&key={secret}", encoding="HEX"),
    )  # fmt: skip
    request = render(config, "https://sms.invalid", VALUES)
    expected = hashlib.md5(b"app=app&phone=13800000000&key=geheim", usedforsecurity=False).hexdigest().upper()
    assert request.content == f"phone=13800000000&app=app&sign={expected}".encode()


def test_a_signature_may_cover_the_body_itself() -> None:
    config = RequestConfig(
        body={"record": "{fields}"}, headers={"X-Signature": "{signature}"}, signature=SignatureConfig(text="{seconds}.{id}.{digest}")
    )
    request = render(config, "https://hotline.invalid", VALUES)
    told = f"{int(AT.timestamp())}.k/1#2.{hashlib.sha256(request.content).hexdigest()}"
    assert request.headers["X-Signature"] == hmac.new(b"geheim", told.encode(), hashlib.sha256).hexdigest()


def test_a_gateways_own_number_of_a_message_is_kept() -> None:
    answer = AnswerConfig(code="result.code", good=("OK",), temporary=("BUSY",), reference="result.ids.0")
    assert judge(200, b'{"result": {"code": "OK", "ids": ["m-7"]}}', answer).reference == "m-7"
    assert judge(200, b'{"result": {"code": "BUSY"}}', answer).again
    assert not judge(200, b'{"result": {"code": "BLACKLIST"}}', answer).again
    assert not judge(200, b"[]", answer).again


@pytest.mark.parametrize(
    ("part", "why"),
    [
        ({"kind": "sms"}, "needs a 'request'"), ({"kind": "sms", "request": {"body": {"to": "{mobile}"}}}, "asks for mobile"),
        ({"kind": "smtp"}, "needs a 'sender'"), ({"kind": "push"}, "needs a 'contact'"), ({"kind": "pigeon"}, "webhook"),
    ],
)  # fmt: skip
def test_a_channel_says_what_its_kind_needs(part: dict[str, object], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        ChannelConfig.model_validate({"label": "x", "label_en": "x", **part})
