"""Opens the pages of a running platform, one after the other, and takes their pictures. Decides when a page stands still.

A page is opened anew for each theme and language and, where layouts differ by size, for each size; else the window is resized.
"""

import json
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from io import BytesIO
from itertools import groupby
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from PIL import Image

from panels.text import COOKIE
from shots.looks import ROOT, ill_looking, inaccessible
from shots.views import Shot
from tests.browser import Visitor, Windows, chromium

OURS = "foreign: http://127.0.0.1:"  # the demo's own video platform
QUALITY, TALLEST = 36, 768
LINES = 1080  # of pixels: a larger wall is laid out whole and drawn at a fraction, for nothing of it is kept and all of it takes a minute
BROWSERS = 2  # at a time: while one waits for its page to come to rest, the other draws
_STILL_S, _AT_MOST_S, _LOADED_S, _STEP_MS = 0.8, 5.0, 20.0, 200
_LOADS = "(words) => words.some((word) => document.body.innerText.includes(word))"
_MEASURE = r"""() => [performance.getEntriesByType("resource").length, document.querySelectorAll("*").length,
  document.body.innerText.replace(/\d/g, "").length]"""
_REMEMBER = "try { localStorage.setItem('yiping.theme', '%s'); } catch { /* nothing is kept here */ }"

Say = Callable[[Shot, list[str], float], None]


@dataclass(frozen=True, slots=True)
class Platform:
    """A running demo: its address, accounts by role, and what stands for `{incident}` and its like."""

    url: str
    users: dict[str, dict[str, str]]
    names: dict[str, str]


@dataclass(slots=True)
class Album:
    """Where pictures go, and what was wrong: shot → faults. Cookies of each role are kept: nobody signs in twice."""

    platform: Platform
    folder: Path
    faults: dict[Shot, list[str]] = field(default_factory=dict)
    cookies: dict[str, list[Any]] = field(default_factory=dict)

    def take(self, shots: Sequence[Shot], say: Say, browsers: int = BROWSERS) -> None:
        """All pictures, by several browsers at a time; `say` hears of each with its faults and the seconds it took."""
        groups = deque(list(group) for _, group in groupby(shots, key=opening))
        with ThreadPoolExecutor(browsers) as pool:
            for work in [pool.submit(self._work_off, groups, say) for _ in range(browsers)]:
                work.result()

    def _work_off(self, groups: deque[list[Shot]], say: Say) -> None:
        with chromium() as windows:
            while True:
                try:
                    group = groups.popleft()
                except IndexError:
                    return
                began = time.monotonic()
                for shot, faults in self._opened(windows, group):
                    self.faults[shot] = faults
                    say(shot, faults, time.monotonic() - began)
                    began = time.monotonic()
                windows.close()

    def _opened(self, windows: Windows, shots: list[Shot]) -> Iterator[tuple[Shot, list[str]]]:
        first = shots[0]
        scale = min(1.0, LINES / first.size[1]) if first.view.grows else 1.0
        visitor = windows.open(self.platform.url, *first.size, color_scheme=first.theme, device_scale_factor=scale)
        visitor.context.add_init_script(_REMEMBER % first.theme)
        opened = self._open(visitor, first)
        for shot in shots:
            if shot is not first:
                visitor.page.set_viewport_size({"width": shot.size[0], "height": shot.size[1]})
            stand_still(visitor.page)
            faults = [*opened, *ill_looking(visitor.page, shot.view.grows)]
            if visitor.page.evaluate(_LOADS, _loading()):
                faults.append(f"still loads after {_LOADED_S:.0f} s")
            if shot is first and shot.language == "zh":
                faults += inaccessible(visitor.page)
            keep(visitor.page.screenshot(), self.folder / shot.file)
            yield shot, faults + [one for one in visitor.complaints if not one.startswith(OURS)]
            visitor.complaints.clear()
            opened = []

    def _open(self, visitor: Visitor, shot: Shot) -> list[str]:
        """Goes to a page and presses what is to be pressed; what did not work."""
        view = shot.view
        self._admit(visitor, view.role)
        visitor.go(address(shot, self.platform.names))
        try:
            if view.role:
                visitor.ready()
            if urlsplit(visitor.page.url).path == "/login" and view.role:
                return ["leads to the login"]
            for selector in view.clicks:
                stand_still(visitor.page)
                visitor.page.click(selector, timeout=10_000)
        except Exception as error:  # whatever it is, the picture shows it
            return [f"not ready: {str(error).splitlines()[0][:200]}"]
        return []

    def _admit(self, visitor: Visitor, role: str) -> None:
        if role and role not in self.cookies:
            user = self.platform.users[role]
            visitor.context.request.post(f"{self.platform.url}/login", form={"login": user["name"], "password": user["password"]})
            self.cookies[role] = [one for one in visitor.context.cookies() if one["name"] != COOKIE]
        visitor.context.add_cookies(self.cookies.get(role, []))


def opening(shot: Shot) -> tuple[object, ...]:
    """Pictures that agree in it are taken of one opened page."""
    return shot.view, shot.theme, shot.language, shot.size if shot.view.grows else None


def address(shot: Shot, names: dict[str, str]) -> str:
    """The path of a picture with its words."""
    path, mark, part = shot.view.path.format(**names).partition("#")
    theme = f"&theme={shot.theme}" if shot.view.grows else ""
    return f"{path}{'&' if '?' in path else '?'}lang={shot.language}{theme}{mark}{part}"


def stand_still(page: Any) -> None:
    """Until nothing says that it loads and nothing new came for a while; a page that never rests is taken as it is."""
    until = time.monotonic() + _LOADED_S
    while time.monotonic() < until and page.evaluate(_LOADS, _loading()):
        page.wait_for_timeout(_STEP_MS)
    last, since, until = None, time.monotonic(), time.monotonic() + _AT_MOST_S
    while time.monotonic() < until:
        now = page.evaluate(_MEASURE)
        if now != last:
            last, since = now, time.monotonic()
        elif time.monotonic() - since > _STILL_S:
            return
        page.wait_for_timeout(_STEP_MS)


@cache
def _loading() -> list[str]:
    """What our pages say while they load, in both languages."""
    texts = [json.loads(file.read_text("utf-8")) for file in (ROOT / "assets" / "i18n").glob("*.json")]
    return sorted({text for one in texts for key, text in one.items() if key.endswith(".loading")})


def keep(png: bytes, file: Path) -> None:
    """Writes a picture as WebP, at most 768 lines high: all of them together must stay light, and the smaller sizes show every letter."""
    picture = Image.open(BytesIO(png)).convert("RGB")
    if picture.height > TALLEST:
        picture = picture.resize((round(picture.width * TALLEST / picture.height), TALLEST), Image.Resampling.LANCZOS)
    file.parent.mkdir(parents=True, exist_ok=True)
    picture.save(file, "WEBP", quality=QUALITY, method=5)
