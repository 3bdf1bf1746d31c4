"""Chromium for tests: people with windows, and everything their windows complain about. Decides nothing about Yiping.

Waits for truths by asking the page again and again from here: `page.wait_for_function` polls with eval, which our policy forbids.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, expect, sync_playwright

from api.auth import CSRF_COOKIE, SESSION_COOKIE
from tests.patience import PATIENCE_S, until
from tests.present import absent

CHROMIUM = Path("/usr/bin/chromium")
# As root and without a graphics card; names outside this machine do not resolve, so that no test can ever lean on one.
FLAGS = (
    "--headless=new --no-sandbox --disable-gpu --use-angle=swiftshader --enable-unsafe-swiftshader --disable-quic --no-first-run"
    " --disable-background-networking --disable-component-update --disable-sync --disable-dev-shm-usage"
    " --force-color-profile=srgb --host-resolver-rules=MAP#*#~NOTFOUND,EXCLUDE#127.0.0.1"
).split()
LOCAL = {"data", "blob", "about", "chrome-extension"}
expect.set_options(timeout=PATIENCE_S * 1000)  # its own five seconds are two beats of a screen: too few on a machine that others use
_TELL_VIOLATIONS = """document.addEventListener("securitypolicyviolation", (event) =>
    console.error(`CSP ${event.effectiveDirective} refused ${event.blockedURI} ${event.sourceFile}:${event.lineNumber} ${event.sample}`));"""


@dataclass
class Visitor:
    """One person with a browser of their own (cookies, storage, one window) and what went wrong in it."""

    url: str
    context: BrowserContext
    page: Page
    complaints: list[str] = field(default_factory=list)

    def go(self, path: str) -> None:
        self.page.goto(f"{self.url}{path}")

    def follow(self, path: str) -> None:
        """To another address of the page that is open, as the browser's own buttons lead there: it is not loaded again."""
        self.page.evaluate("(to) => { history.pushState(null, '', to); dispatchEvent(new PopStateEvent('popstate')); }", path)

    def sign_in(self, login: str, password: str, path: str = "") -> None:
        """Through the form, as people do; ends where the login leads, or at `path`."""
        self.go(f"/login?next={path}" if path else "/login")
        self.page.fill("input[name=login]", login)
        self.page.fill("input[name=password]", password)
        self.page.click("button[type=submit]")
        self.page.wait_for_url(lambda address: urlsplit(address).path != "/login")

    def admit(self, secret: str, proof: str) -> None:
        """Hands over a session made elsewhere."""
        self.context.add_cookies(
            [{"name": name, "value": value, "url": self.url} for name, value in ((SESSION_COOKIE, secret), (CSRF_COOKIE, proof))]
        )

    def wait(self, expression: str, seconds: float = PATIENCE_S, given: Any = None) -> Any:
        """Until a JavaScript expression (or function of `given`) is true; its value."""
        return until(lambda: self.page.evaluate(expression, given), seconds, f"{expression} on {self.page.url}; {self.complaints}")

    def ready(self) -> None:
        """Until the page says that it shows the truth and is connected."""
        self.wait("Boolean(window.yiping && window.yiping.ready && window.yiping.connected && window.yiping.sequence >= 0)")

    def api(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """Asks the API as this person, beside the page: status and answer."""
        proof = {one["name"]: one["value"] for one in self.context.cookies()}.get("yiping_csrf", "")
        answer = self.context.request.fetch(f"{self.url}/api/v1{path}", method=method, data=body, headers={"X-Yiping-Csrf": proof})
        return answer.status, answer.json() if "json" in answer.headers.get("content-type", "") else answer.body()

    def unforgiven(self, *forgiven: str) -> list[str]:
        """Complaints that match none of the patterns."""
        return [one for one in self.complaints if not any(re.search(pattern, one) for pattern in forgiven)]

    def text(self) -> str:
        """All the text that can be seen."""
        return str(self.page.evaluate("document.body.innerText"))


@dataclass
class Windows:
    """One Chromium; each `open` is another person."""

    browser: Browser
    _open: list[BrowserContext] = field(default_factory=list)

    def open(self, url: str, width: int = 1600, height: int = 900, **options: Any) -> Visitor:
        """A new person before an empty window of `width` × `height` CSS px. `options` are those of Playwright's contexts."""
        options = {"locale": "zh-CN", "timezone_id": "Asia/Shanghai", "reduced_motion": "reduce", **options}
        context = self.browser.new_context(viewport={"width": width, "height": height}, **options)
        context.set_default_timeout(PATIENCE_S * 1000)
        context.add_init_script(_TELL_VIOLATIONS)
        self._open.append(context)
        visitor = Visitor(url, context, context.new_page())
        _listen(visitor)
        return visitor

    def close(self) -> None:
        for context in self._open:
            context.close()
        self._open.clear()


def _listen(visitor: Visitor) -> None:
    own = urlsplit(visitor.url).netloc

    def console(message: ConsoleMessage) -> None:
        if message.type == "error" or "Content Security Policy" in message.text:
            visitor.complaints.append(f"console: {message.text} ({message.location.get('url', '')})")

    def request(asked: Request) -> None:
        address = urlsplit(asked.url)
        if address.scheme not in LOCAL and address.netloc != own:
            visitor.complaints.append(f"foreign: {asked.url}")

    visitor.page.on("console", console)
    visitor.page.on("pageerror", lambda error: visitor.complaints.append(f"page: {error}"))
    visitor.context.on("request", request)


@contextmanager
def chromium() -> Iterator[Windows]:
    """A running Chromium."""
    if not CHROMIUM.exists():
        absent(f"{CHROMIUM} is not here (make test installs it where it may)")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=str(CHROMIUM), args=[flag.replace("#", " ") for flag in FLAGS])
        windows = Windows(browser)
        try:
            yield windows
        finally:
            windows.close()
            browser.close()


@pytest.fixture(scope="module")
def running_chromium() -> Iterator[Windows]:
    """One per module and not longer: Playwright keeps an event loop in this thread, and other tests run loops of their own."""
    with chromium() as windows:
        yield windows


@pytest.fixture
def windows(running_chromium: Windows) -> Iterator[Windows]:
    """Fresh windows for a test; all are closed after it."""
    yield running_chromium
    running_chromium.close()
