"""Settings of a request to somebody else's HTTP interface: method, headers and body as templates, its signature, how its answer is read.

Decides how they are written. Secrets never stand here: `{key}` and `{secret}` are filled from the environment.
"""

import re
from collections.abc import Iterator
from typing import Any, Literal

from pydantic import Field, JsonValue

from core.setting import Part

WORD = re.compile(r"\{(\w+)\}")


class SignatureConfig(Part):
    """What `{signature}` is: the algorithm over `text` (a template too; HMAC with the secret), as hex, upper-case HEX or base64.

    `text` may ask for `{digest}`, SHA-256 of the body as hex, and `{sorted}`, the body's fields by name (`a=1&b=2`), both before signing.
    """

    algorithm: Literal["md5", "sha1", "sha256", "hmac-sha1", "hmac-sha256"] = "hmac-sha256"
    text: str = Field(min_length=1)
    encoding: Literal["hex", "HEX", "base64"] = "hex"


class AnswerConfig(Part):
    """How an answer of 2xx is read. `code`: dotted path of a field in its JSON; one of `good` took it, one of `temporary` is tried again,
    any other refuses for good. Without `code` the status alone tells. `reference`: path of the other side's own number of it.
    """

    code: str = ""
    good: tuple[str, ...] = ("0",)
    temporary: tuple[str, ...] = ()
    reference: str = ""


class RequestConfig(Part):
    """A request as a template: `{word}` is filled in path, query, headers and body; a value that is nothing but `{word}` keeps its kind."""

    method: Literal["POST", "PUT", "GET"] = "POST"
    path: str = ""  # after the address
    query: dict[str, str] = {}
    headers: dict[str, str] = {}
    body: JsonValue = None
    encoding: Literal["json", "form", "text"] = "json"
    signature: SignatureConfig | None = None
    answer: AnswerConfig = AnswerConfig()

    def words(self) -> set[str]:
        """Every word its templates ask for."""
        parts: list[Any] = [self.path, self.query, self.headers, self.body, self.signature.text if self.signature else ""]
        return {word for part in parts for text in _texts(part) for word in WORD.findall(text)}


def _texts(part: Any) -> Iterator[str]:
    if isinstance(part, str):
        yield part
    elif isinstance(part, dict):
        for key, value in part.items():
            yield from (*_texts(key), *_texts(value))
    elif isinstance(part, list):
        for value in part:
            yield from _texts(value)
