"""A city of two streets with a screen on its live stream: gas leaks are caused, what the screen is told is waited for."""

import json
import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import Any

import httpx

from store.accounts import create_token
from store.timescale import Store
from tests import web
from tests.patience import PATIENCE_S, Stopwatch
from tests.stack import Stack

Event = tuple[str, int | None, dict[str, Any]]
SQUARE = """jsonb_build_object('type', 'Polygon', 'coordinates', jsonb_build_array(jsonb_build_array(jsonb_build_array(x, y),
    jsonb_build_array(x + 0.01, y), jsonb_build_array(x + 0.01, y + 0.01), jsonb_build_array(x, y + 0.01), jsonb_build_array(x, y))))"""


class Screen:
    """Reads a stream in a thread, as a browser does; `seen` is all that was waited through."""

    def __init__(self, url: str, token: str, after: int | None = None) -> None:
        self.events: queue.Queue[Event] = queue.Queue()
        self.seen: list[Event] = []
        self.beats, self.last_id = 0, after
        self._over = threading.Event()
        headers = {"Authorization": f"Bearer {token}"} | ({"Last-Event-ID": str(after)} if after is not None else {})
        self._thread = threading.Thread(target=self._read, args=(f"{url}/api/v1/stream?screen=wall", headers), daemon=True)
        self._thread.start()

    def _read(self, url: str, headers: dict[str, str]) -> None:
        try:
            with web.stream("GET", url, headers=headers, timeout=httpx.Timeout(PATIENCE_S)) as answer:
                assert answer.status_code == 200
                assert answer.headers["x-accel-buffering"] == "no"
                kind, number = "", None
                for line in answer.iter_lines():
                    if self._over.is_set():
                        return
                    if line.startswith(":"):
                        self.beats += 1
                    elif line.startswith("event: "):
                        kind = line[7:]
                    elif line.startswith("id: "):
                        number = self.last_id = int(line[4:])
                    elif line.startswith("data: "):
                        self.events.put((kind, number, json.loads(line[6:])))
                        kind, number = "", None
        except httpx.HTTPError:
            self.events.put(("closed", None, {}))

    def wait(self, what: Callable[[Event], Any], seconds: float = PATIENCE_S, *, within: float | None = None) -> Event:
        """The first event that `what` is true of; `within` is a bound in seconds that is a law."""
        watch = Stopwatch()
        while (left := seconds - watch.seconds) > 0:
            with suppress(queue.Empty):
                event = self.events.get(timeout=left)
                self.seen.append(event)
                if what(event):
                    if within is not None:
                        watch.within(within, f"{event[0]} {event[1]}")
                    return event
        raise AssertionError(f"not within {seconds} s; the last events: {str(self.seen[-5:])[:2000]}")

    def told(self, what: Callable[[Event], Any]) -> Event:
        """As `wait`, but what was waited through already counts too: two things of one cause come in any order."""
        return next(filter(what, self.seen), None) or self.wait(what)

    def wait_all(self, *wanted: Callable[[Event], Any], within: float | None = None) -> None:
        """Until each was seen, in whatever order."""
        missing = list(wanted)

        def seen(event: Event) -> bool:
            missing[:] = [what for what in missing if not what(event)]
            return not missing

        self.wait(seen, within=within)

    def close(self) -> None:
        self._over.set()


class City:
    """Two streets of one cell, five gas detectors, an edge and jobs."""

    def __init__(self, stack: Stack, url: str) -> None:
        self.stack, self.store, self.subject = stack, Store(url), 0
        with self.store.connection() as c:
            c.execute(f"insert into areas select '320404', 'z', 'district', null, x, y, {SQUARE} from (values (119.9, 31.8)) v (x, y)")
            for code, x in (("320404001", 119.9), ("320404002", 119.92)):
                for area, level, parent in ((code, "street", "320404"), (f"{code}001", "community", code)):
                    c.execute(
                        f"insert into areas select %s, 's', %s, %s, x, y, {SQUARE} from (values ({x}, 31.8)) v (x, y)",
                        [area, level, parent],
                    )
                c.execute(
                    f"""insert into cells (cell_code, area, lon, lat, geometry, area_m2)
                        select %s, %s, x + 0.005, y + 0.005, {SQUARE}, 1 from (values ({x}, 31.8)) v (x, y)""",
                    [code, f"{code}001"],
                )
            now = datetime.now(UTC)
            c.execute(
                """insert into devices (device, name, domain, area, lon, lat, placement, cell_id)
                   select 'g' || i, 'gas', 'emergency', area, lon, lat, 'inside', cell_id
                   from cells, generate_series(1, 40) i where cell_id = 1"""
            )
            self.feed, self.read = (create_token(c, name, [name], ["320404"], now) for name in ("feed", "read"))
            self.south = create_token(c, "south", ["read"], ["320404002"], now)

    def post(self, path: str, body: Any, **headers: str) -> httpx.Response:
        sent = {"Authorization": f"Bearer {self.feed}", **headers}
        return web.post(f"{self.stack.url}/api/v1{path}", json=body, headers=sent, timeout=PATIENCE_S)

    def leak(self, device: str = "") -> str:
        """A gas detector (the next of the first street) goes beyond its limit; returns the alert's subject."""
        self.subject += not device
        device = device or f"g{self.subject}"
        reading = {"device": device, "metric": "gas", "value": 80, "observed_at": datetime.now(UTC).isoformat()}
        answer = self.post("/readings", {"readings": [reading]})
        assert answer.json()["accepted"] == 1, answer.text
        return f"{device}/gas"

    @contextmanager
    def screen(self, token: str = "", after: int | None = None) -> Iterator[Screen]:
        screen = Screen(self.stack.url, token or str(self.read), after)
        yield screen
        screen.close()


def alive(stack: Stack) -> bool:
    try:
        return web.get(f"{stack.url}/healthz", timeout=20).status_code == 200
    except httpx.HTTPError:
        return False


def tells(subject: str) -> Callable[[Event], bool]:
    return lambda event: (
        event[0] == "delta"
        and any(alert["subject"] == subject for part in event[2]["streets"].values() for alert in part.get("alerts", ()))
    )


def says(**supply: str) -> Callable[[Event], bool]:
    return lambda event: event[0] == "status" and supply.items() <= event[2].items()
