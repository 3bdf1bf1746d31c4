"""A 12345 platform as others run it: takes what the city answers, checks who signed it, is busy at times, and later asks the callers.

Written from the exchange's own rules (docs/hotline.md), not from our code, so that the two check each other. Decides nothing of the city.
"""

import hashlib
import hmac
import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from sim.chance import trait

CLOSED = "已办结"
_OLD_S = 300
_BUSY = 0.12  # of exchanges answered with 500 the first time
_ASK_AFTER_S = 600.0  # a caller is asked so long after the end
_VERDICTS = ((0.62, "满意"), (0.88, "基本满意"), (1.01, "不满意"))


@dataclass(slots=True)
class Platform:
    """What it knows: the last record of each ticket, which exchanges it took, and whom it still has to ask."""

    secret: str
    busy: float = _BUSY
    records: dict[str, dict[str, Any]] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)
    stumbled: set[str] = field(default_factory=set)
    refused: int = 0
    _ask: dict[str, float] = field(default_factory=dict)
    _asked: dict[str, int] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, headers: Mapping[str, str], body: bytes, now: float) -> tuple[int, dict[str, Any]]:
        """The answer to one exchange; the same id twice is taken once."""
        known = {name.lower(): value for name, value in headers.items()}
        key, seconds = known.get("idempotency-key", ""), known.get("x-timestamp", "")
        signed = f"{seconds}.{key}.{hashlib.sha256(body).hexdigest()}".encode()
        expected = hmac.new(self.secret.encode(), signed, hashlib.sha256).hexdigest()
        with self._lock:
            if not hmac.compare_digest(expected, known.get("x-signature", "")) or abs(now - int(seconds or 0)) > _OLD_S:
                self.refused += 1
                return 401, {"code": "401", "message": "signature"}
            if key not in self.stumbled and key not in self.taken and trait(key, "busy") < self.busy:
                self.stumbled.add(key)
                return 500, {"code": "500", "message": "busy"}
            if key not in self.taken:
                self.taken.add(key)
                self._note(json.loads(body)["record"], now)
        return 200, {"code": "0", "message": "ok"}

    def _note(self, record: dict[str, Any], now: float) -> None:
        number = str(record["办件编号"])
        if record.get("办件状态") == CLOSED and self.records.get(number, {}).get("办件状态") != CLOSED:
            self._ask[number] = now
        self.records[number] = record

    def ask_callers(self, now: float, speed: float = 1.0) -> list[dict[str, Any]]:
        """Revisits of those whose ticket ended long enough ago, each caller once."""
        with self._lock:
            due = [number for number, at in self._ask.items() if now - at >= _ASK_AFTER_S / max(1.0, speed)]
            for number in due:
                del self._ask[number]
                self._asked[number] = self._asked.get(number, 0) + 1
            return [_revisit(number, self._asked[number], self.records[number], now) for number in due]


def _revisit(number: str, time: int, record: Mapping[str, Any], now: float) -> dict[str, Any]:
    """What a caller says the first, second … time: one in ten is not reached, the rest mostly content."""
    reached, at = trait(number, "reached") < 0.92, datetime.fromtimestamp(now, UTC).isoformat(timespec="seconds")
    word = next(word for most, word in _VERDICTS if trait(number, "verdict") < most)
    unit = record.get("办理单位", "")
    told: dict[str, Any] = {"办件编号": number, "回访编号": f"HF{number}-{time}", "回访时间": at, "办理单位": unit, "回访方式": "电话"}
    if not reached:
        return {**told, "是否有效": "否"}
    contacted = trait(number, "contacted") < 0.95
    solved = word != "不满意" and trait(number, "solved") < 0.93
    return {**told, "是否有效": "是", "是否联系": "是" if contacted else "否", "是否解决": "是" if solved else "否", "满意度": word}


class Door:
    """The platform's port on this host. Holds a socket and a thread: close it. `look(path, t)` is the picture under a path, or none."""

    def __init__(
        self, platform: Platform, port: int, clock: Callable[[], float], look: Callable[[str, float], bytes | None] = lambda path, t: None
    ) -> None:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                content = look(self.path, clock())
                self.send_response(204 if content is None else 200)
                self.send_header("Content-Type", "image/jpeg")
                self.send_header("Cache-Control", "no-store")
                self.send_header("Content-Length", str(len(content or b"")))
                self.end_headers()
                self.wfile.write(content or b"")

            def do_POST(self) -> None:
                body = self.rfile.read(min(int(self.headers.get("Content-Length") or 0), 1 << 20))
                status, answer = platform.take(dict(self.headers.items()), body, clock())
                content = json.dumps(answer, ensure_ascii=False).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json; charset=utf-8")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                """Quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
