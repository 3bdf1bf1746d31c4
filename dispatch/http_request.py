"""A request of the configuration's template, filled and signed; and what its answer means. Pure: posts nothing, reads no clock.

What is temporary: no answer, 408, 425, 429, 5xx, and the codes a template (or a robot's table) names; all else above 299 refuses for good.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

from core.request_config import WORD, AnswerConfig, RequestConfig, SignatureConfig
from dispatch.notify import Outcome

_TEMPORARY = frozenset({408, 425, 429})
_JSON = "application/json; charset=utf-8"
_TYPES = {"json": _JSON, "form": "application/x-www-form-urlencoded", "text": "text/plain; charset=utf-8"}
Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Request:
    """What goes out over HTTP."""

    method: str
    url: str
    content: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


def of_moment(now: datetime, key: str = "", secret: str = "") -> dict[str, str]:
    """The words every template may use: the moment, and what the environment keeps."""
    seconds = now.timestamp()
    return {"seconds": str(int(seconds)), "milliseconds": str(int(seconds * 1000)), "at": now.isoformat(), "key": key, "secret": secret}


def render(config: RequestConfig, url: str, values: Values) -> Request:
    """Fill a template. An unknown word stays empty: the configuration is checked when it is read."""
    if config.signature:
        unsigned = fill(config.body, {**values, "signature": ""})
        digest = hashlib.sha256(_content(unsigned, config.encoding)).hexdigest() if config.body is not None else ""
        values = {**values, "digest": digest, "sorted": _sorted(unsigned)}
        values = {**values, "signature": _sign(config.signature, values)}
    query = urlencode({name: str(fill(text, values)) for name, text in config.query.items()})
    path = WORD.sub(lambda found: quote(str(values.get(found[1], "")), safe=""), config.path)
    whole = url.rstrip("/") + path if path else url
    if query:
        whole += ("&" if "?" in whole else "?") + query
    headers = {name: _header(str(fill(text, values))) for name, text in config.headers.items()}
    if config.body is None:
        return Request(config.method, whole, b"", headers)
    content = _content(fill(config.body, values), config.encoding)
    return Request(config.method, whole, content, {"Content-Type": _TYPES[config.encoding], **headers})


def fill(template: Any, values: Values) -> Any:
    """A template with its words filled; a text that is one word alone becomes its value, of whatever kind."""
    if isinstance(template, str):
        alone = WORD.fullmatch(template)
        if alone:
            return values.get(alone[1], "")
        return WORD.sub(lambda found: str(values.get(found[1], "")), template)
    if isinstance(template, Mapping):
        return {str(fill(key, values)): fill(value, values) for key, value in template.items()}
    if isinstance(template, list | tuple):
        return [fill(value, values) for value in template]
    return template


def _content(body: Any, encoding: str) -> bytes:
    if encoding == "form" and isinstance(body, Mapping):
        return urlencode({name: value if isinstance(value, str) else json.dumps(value) for name, value in body.items()}).encode()
    if encoding == "json":
        return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    return str(body).encode()


def _sorted(body: Any) -> str:
    """The body's own fields by name, `a=1&b=2`, without the empty: what many interfaces sign."""
    known = body.items() if isinstance(body, Mapping) else ()
    return "&".join(f"{name}={value}" for name, value in sorted(known) if value not in ("", None) and not isinstance(value, dict | list))


def _header(text: str) -> str:
    """No line of its own making, and nothing a header cannot hold."""
    return quote(text, safe=" !#$%&'()*+,/:;=?@[]-._~|\"{}<>^`\\")


def _sign(config: SignatureConfig, values: Values) -> str:
    text = str(fill(config.text, values)).encode()
    kind = config.algorithm
    if kind.startswith("hmac-"):
        digest = hmac.new(str(values.get("secret", "")).encode(), text, kind.removeprefix("hmac-")).digest()
    else:
        digest = hashlib.new(kind, text, usedforsecurity=False).digest()  # what the other side asks for, old as it may be
    if config.encoding == "base64":
        return base64.b64encode(digest).decode()
    return digest.hex().upper() if config.encoding == "HEX" else digest.hex()


def judge(status: int, content: bytes, answer: AnswerConfig) -> Outcome:
    """What an answer means. Its words are not repeated: they may hold an address, and with it a key."""
    if status >= 500 or status in _TEMPORARY:
        return Outcome(False, f"answered {status}", is_down=True)
    if status >= 300:
        return Outcome(False, f"answered {status}", again=False)
    if not answer.code and not answer.reference:
        return Outcome(True)
    try:
        body = json.loads(content)
    except ValueError:
        return Outcome(False, "the answer is not JSON") if answer.code else Outcome(True)
    reference = _text(at(body, answer.reference)) if answer.reference else ""
    code = _text(at(body, answer.code)) if answer.code else ""
    if not answer.code or code in answer.good:
        return Outcome(True, reference=reference[:200])
    passing = code in answer.temporary
    return Outcome(False, f"answered code {code[:40] or 'none'}", again=passing, is_down=passing)


def at(body: Any, path: str) -> Any:
    """What stands at a dotted path (`data.0.code`); None where nothing does."""
    for step in path.split("."):
        if isinstance(body, list):
            body = body[int(step)] if step.isdigit() and int(step) < len(body) else None
        else:
            body = body.get(step) if isinstance(body, Mapping) else None
    return body


def _text(value: Any) -> str:
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
