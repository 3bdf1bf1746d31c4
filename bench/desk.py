"""An officer at /duty in a Chromium of his own: moves through the queue by keys, and the browser tells how long each key took to paint.

Input to paint is what the browser's Event Timing API says (https://www.w3.org/TR/event-timing/): from the key to the next frame, to
8 ms; what took less than 16 ms it does not tell and counts as 16. The keys begin when the page stands: an officer is there before a storm.
"""

import time
from dataclasses import dataclass, field
from threading import Event, Thread

from bench.browser import CHROMIUM, FLAGS

_EVERY_S = 0.25
_READY_WITHIN_S = 60.0
_SETTLE_S = 5.0  # map and charts are fetched and compiled once in a shift
_OBSERVE = """() => {
  window.benchKeys = [];
  new PerformanceObserver((list) => list.getEntries().forEach((one) => one.name === 'keydown' && window.benchKeys.push(one.duration)))
    .observe({type: 'event', durationThreshold: 16, buffered: false});
}"""


@dataclass(slots=True)
class Found:
    """One time a key, or why there are none."""

    times_ms: list[float] = field(default_factory=list)
    skipped: str = ""


class Officer(Thread):
    """Works until `finish`; a Playwright of its own, which belongs to its thread."""

    def __init__(self, url: str, name: str, password: str) -> None:
        super().__init__(daemon=True)
        self._url, self._name, self._password = url, name, password
        self._ended, self._found = Event(), Found()

    def finish(self) -> Found:
        self._ended.set()
        self.join(60)
        return self._found

    def run(self) -> None:
        try:
            from playwright.sync_api import sync_playwright
        except ImportError:
            self._found.skipped = "playwright is not installed"
            return
        if not CHROMIUM.exists():
            self._found.skipped = f"{CHROMIUM} is not there"
            return
        with sync_playwright() as play:
            browser = play.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
            page = browser.new_page(viewport={"width": 1920, "height": 1080})
            page.goto(f"{self._url}/login?next=/duty")
            page.fill("input[name=login]", self._name)
            page.fill("input[name=password]", self._password)
            page.press("input[name=password]", "Enter")
            until = time.monotonic() + _READY_WITHIN_S
            while not page.evaluate("Boolean(window.yiping && window.yiping.ready)"):
                if time.monotonic() > until:
                    self._found.skipped = f"{page.url} was not ready within {_READY_WITHIN_S:.0f} s"
                    return
                page.wait_for_timeout(250)
            page.wait_for_timeout(_SETTLE_S * 1000)
            page.evaluate(_OBSERVE)
            keys = 0
            while not self._ended.is_set():
                page.keyboard.press("k" if keys % 8 == 7 else "j")
                keys += 1
                page.wait_for_timeout(_EVERY_S * 1000)
            page.wait_for_timeout(500)
            slow = [float(one) for one in page.evaluate("window.benchKeys")]
            self._found.times_ms = slow + [16.0] * max(0, keys - len(slow))
            browser.close()
