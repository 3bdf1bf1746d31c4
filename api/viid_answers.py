"""Answers as a view library expects them (GA/T 1400.3, 响应状态): one status object, or a list with one for each notice.

Pure. Decides which of the standard's codes our verdict is; the words beside it are for the people who read the library's log.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec

from core.config import AreaConfig
from core.errors import StoreUnavailable
from core.model import Reason, Rejected, Taken

MEDIA_TYPE = "application/VIID+JSON;charset=UTF-8"
_MOST_WORDS = 200


class Code(StrEnum):
    """ConfirmStatusType, as far as we say it."""

    OK = "0"
    OTHER = "1"
    BUSY = "2"
    INVALID_OPERATION = "4"
    INVALID_FORMAT = "7"
    INVALID_CONTENT = "8"


WORDS = {
    Code.OK: "正常", Code.OTHER: "其他未知错误", Code.BUSY: "设备忙，请重发", Code.INVALID_OPERATION: "无效操作",
    Code.INVALID_FORMAT: "JSON格式无效", Code.INVALID_CONTENT: "JSON内容无效",
}  # fmt: skip
_OF_REASON = {
    Reason.UNDECODABLE: Code.INVALID_FORMAT, Reason.CHECKSUM: Code.INVALID_FORMAT, Reason.UNSUPPORTED: Code.INVALID_OPERATION,
    Reason.AREA: Code.INVALID_OPERATION,
}  # fmt: skip
_OF_STATUS = {
    400: Code.INVALID_FORMAT, 401: Code.INVALID_OPERATION, 403: Code.INVALID_OPERATION, 404: Code.INVALID_OPERATION, 408: Code.BUSY,
    413: Code.INVALID_CONTENT, 415: Code.INVALID_OPERATION, 422: Code.INVALID_CONTENT, 503: Code.BUSY,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """What every answer repeats: the path that was asked, and when, on the city's clock."""

    path: str
    at: datetime
    area: AreaConfig

    @property
    def local(self) -> str:
        """14 digits."""
        return self.at.astimezone(self.area.zone).strftime("%Y%m%d%H%M%S")


def status(asked: Asked, code: Code, about: str = "", why: str = "") -> dict[str, Any]:
    """One status object; `about` is the id of what it speaks of."""
    words = f"{WORDS[code]}：{why[:_MOST_WORDS]}" if why else WORDS[code]
    return {"RequestURL": asked.path, "StatusCode": str(code), "StatusString": words, "Id": about, "LocalTime": asked.local}


def alone(asked: Asked, code: Code, about: str = "", why: str = "") -> bytes:
    """The body of an answer about one thing."""
    return msgspec.json.encode({"ResponseStatusObject": status(asked, code, about, why)})


def listed(asked: Asked, found: Iterable[tuple[str, Taken | StoreUnavailable]]) -> bytes:
    """The body of an answer about notices, by their ids and in their order."""
    rows = [status(asked, *_told(about, taken)) for about, taken in found]
    return msgspec.json.encode({"ResponseStatusListObject": {"ResponseStatusObject": rows}})


def time(asked: Asked) -> bytes:
    """The body that tells the time; mode 1: ours comes over the network."""
    told = {"VIIDServerID": asked.area.code, "TimeMode": "1", "LocalTime": asked.local, "TimeZone": asked.area.timezone}
    return msgspec.json.encode({"SystemTimeObject": told})


def _told(about: str, taken: Taken | StoreUnavailable) -> tuple[Code, str, str]:
    if isinstance(taken, StoreUnavailable):
        return Code.BUSY, about, ""
    if not taken.rejected:
        return Code.OK, about, ""
    first = taken.rejected[0]
    if taken.accepted or taken.duplicates:  # the fact is stored; a picture or a state beside it was not
        return Code.OK, about, f"部分未收 {first.detail}"
    return code_of(first), about, first.detail


def code_of(rejected: Rejected) -> Code:
    """The standard's word for why a notice was refused."""
    return _OF_REASON.get(rejected.reason, Code.INVALID_CONTENT)


def code_of_status(http: int) -> Code:
    """The standard's word for a problem."""
    return _OF_STATUS.get(http, Code.OTHER)
