"""The demo's 12345 platform: takes what is signed, each id once, stumbles once at most, and asks each caller once."""

import hashlib
import hmac
import json
from typing import Any

from sim.platform import Platform

NOW = 1_795_000_000.0


def exchange(platform: Platform, id_: str, secret: str = "geheim", at: float = NOW, **record: Any) -> int:
    body = json.dumps({"kind": "state", "record": {"办件编号": "YP1", "办件状态": "办理中", **record}}).encode()
    signed = f"{int(at)}.{id_}.{hashlib.sha256(body).hexdigest()}".encode()
    signature = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    return platform.take({"Idempotency-Key": id_, "X-Timestamp": str(int(at)), "X-Signature": signature}, body, NOW)[0]


def test_what_is_not_signed_by_us_or_too_old_is_refused() -> None:
    platform = Platform("geheim", busy=0)
    assert [exchange(platform, "a", "wrong"), exchange(platform, "a", at=NOW - 301), exchange(platform, "a")] == [401, 401, 200]
    assert platform.take({}, b"{}", NOW)[0] == 401
    assert platform.refused == 3


def test_it_is_busy_once_at_most_for_an_exchange_and_takes_it_once() -> None:
    platform = Platform("geheim", busy=1.0)
    assert [exchange(platform, "a"), exchange(platform, "a"), exchange(platform, "a", 办件状态="已办结")] == [500, 200, 200]
    assert platform.records["YP1"]["办件状态"] == "办理中"  # the same id is the same exchange


def test_each_caller_is_asked_once_some_time_after_the_end_and_again_after_another_end() -> None:
    platform = Platform("geheim", busy=0)
    exchange(platform, "a", 办件状态="已办结")
    exchange(platform, "b", 办件状态="已办结")
    assert platform.ask_callers(NOW + 10) == []
    [told] = platform.ask_callers(NOW + 601)
    assert (told["办件编号"], told["回访编号"]) == ("YP1", "HFYP1-1")
    assert platform.ask_callers(NOW + 9_999) == []
    exchange(platform, "c")
    exchange(platform, "d", 办件状态="已办结")
    assert [told["回访编号"] for told in platform.ask_callers(NOW + 601, speed=60)] == ["HFYP1-2"]
