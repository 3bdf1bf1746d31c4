"""Robots of a group chat: WeCom, DingTalk and Feishu. Decides their bodies, signatures and which answers are temporary. Stores nothing.

Their answers are HTTP 200 with a code. Twenty messages a minute are what WeCom and DingTalk take, a hundred Feishu; DingTalk then
refuses for ten minutes. Sources: developer.work.weixin.qq.com path 91770, open.dingtalk.com custom robot, open.feishu.cn custom bot.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote_plus

from core.notify_config import ChannelConfig
from core.request_config import AnswerConfig
from dispatch.http_out import Poster
from dispatch.http_request import Request
from dispatch.notify import Letter, Outcome

# -1 busy and the codes of too many; what else they refuse (key, signature, robot gone, words) nobody mends by asking again.
ANSWERS: Mapping[str, AnswerConfig] = {
    "wecom": AnswerConfig(code="errcode", good=("0",), temporary=("-1", "45009", "45033")),
    "dingtalk": AnswerConfig(code="errcode", good=("0",), temporary=("-1", "130101", "410100", "90018")),
    "feishu": AnswerConfig(code="code", good=("0",), temporary=("-1", "11232", "11233", "9499")),
}
_MOST_BYTES = {"wecom": 2_048, "dingtalk": 18_000, "feishu": 18_000}  # of the text; WeCom's own limit, the others' bodies end at 20 kB


class Robot:
    """One robot of one group. Holds connections: close it."""

    def __init__(self, channel: ChannelConfig, url: str, secret: str) -> None:
        self._channel, self._url, self._secret = channel, url, secret
        self._poster = Poster(channel.timeout.total_seconds())

    def close(self) -> None:
        self._poster.close()

    def rest(self) -> None:
        """Nothing to put away."""

    def send(self, letter: Letter, now: datetime) -> Outcome:
        """Never raises for what the other side does."""
        kind = self._channel.kind
        text = cut(letter.text(self._channel.language), _MOST_BYTES[kind])
        request = REQUESTS[kind](self._url, self._secret, text, letter, now)
        return self._poster.ask(request, ANSWERS[kind])


def wecom(url: str, secret: str, text: str, letter: Letter, now: datetime) -> Request:
    """The key stands in the address; people are named by their id there, else by telephone."""
    ids = [name for one in letter.to if (name := one.robots.get("wecom"))]
    phones = [one.phone for one in letter.to if one.phone and not one.robots.get("wecom")]
    content: dict[str, Any] = {"content": text}
    if ids:
        content["mentioned_list"] = ids
    if phones:
        content["mentioned_mobile_list"] = phones
    return _post(url, {"msgtype": "text", "text": content})


def dingtalk(url: str, secret: str, text: str, letter: Letter, now: datetime) -> Request:
    """Signed in the address: HMAC-SHA256 with the secret over the milliseconds, a line feed and the secret."""
    if secret:
        milliseconds = int(now.timestamp() * 1000)
        digest = hmac.new(secret.encode(), f"{milliseconds}\n{secret}".encode(), hashlib.sha256).digest()
        url += f"{'&' if '?' in url else '?'}timestamp={milliseconds}&sign={quote_plus(base64.b64encode(digest))}"
    ids = [name for one in letter.to if (name := one.robots.get("dingtalk"))]
    phones = [one.phone for one in letter.to if one.phone and not one.robots.get("dingtalk")]
    # Whom it is for is only rung when the text names them too.
    named = text + "".join(f" @{name}" for name in (*ids, *phones))
    return _post(url, {"msgtype": "text", "text": {"content": named}, "at": {"atMobiles": phones, "atUserIds": ids, "isAtAll": False}})


def feishu(url: str, secret: str, text: str, letter: Letter, now: datetime) -> Request:
    """Signed in the body: HMAC-SHA256 of nothing, its key the seconds, a line feed and the secret."""
    safe = text.replace("<", "〈").replace(">", "〉")  # its texts know a tag: <at>
    named = safe + "".join(f' <at user_id="{name}"></at>' for one in letter.to if (name := one.robots.get("feishu")))
    body: dict[str, Any] = {"msg_type": "text", "content": {"text": named}}
    if secret:
        seconds = str(int(now.timestamp()))
        digest = hmac.new(f"{seconds}\n{secret}".encode(), b"", hashlib.sha256).digest()
        body = {"timestamp": seconds, "sign": base64.b64encode(digest).decode(), **body}
    return _post(url, body)


REQUESTS: Mapping[str, Callable[[str, str, str, Letter, datetime], Request]] = {"wecom": wecom, "dingtalk": dingtalk, "feishu": feishu}


def cut(text: str, most_bytes: int) -> str:
    """At most so many bytes of UTF-8, never half a letter; what was cut is shown."""
    whole = text.encode()
    if len(whole) <= most_bytes:
        return text
    return whole[: most_bytes - 3].decode(errors="ignore") + "…"


def _post(url: str, body: Mapping[str, Any]) -> Request:
    content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    return Request("POST", url, content, {"Content-Type": "application/json; charset=utf-8"})
