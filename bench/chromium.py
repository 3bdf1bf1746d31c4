"""A page in a Chromium without a GPU that has come to rest, and what its processes cost."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.browser import CHROMIUM, FLAGS
from bench.stack import descendants

_LOOK_S, _REST, _REST_WITHIN_S = 0.5, 0.08, 15.0


@contextmanager
def chromium() -> Iterator[Any]:
    """A page of 1920×1080, empty.

    The browser starts pages of its own behind it, 2 CPU seconds with nothing asked of it: they are no cost of ours and over first.
    """
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=str(CHROMIUM), args=[*FLAGS, "--enable-precise-memory-info"])
        try:
            page = browser.new_page(viewport={"width": 1920, "height": 1080})
            _rest()
            yield page
        finally:
            browser.close()


def _rest() -> None:
    """Until its processes take less than a twelfth of a core for half a second. Raises `TimeoutError`."""
    until, before = time.monotonic() + _REST_WITHIN_S, browser_seconds()
    while True:
        time.sleep(_LOOK_S)
        now = browser_seconds()
        if now - before < _REST * _LOOK_S:
            return
        if time.monotonic() > until:
            raise TimeoutError(f"an empty browser still works after {_REST_WITHIN_S:.0f} s")
        before = now


def browser_pids() -> list[int]:
    """The processes of the browser that this one started."""
    return [pid for pid in descendants(os.getpid()) if proc_text(pid, "comm").startswith("chrom")]


def browser_seconds() -> float:
    """Their CPU seconds so far."""
    fields = (proc_text(pid, "stat").rpartition(")")[2].split() for pid in browser_pids())
    return sum(int(each[11]) + int(each[12]) for each in fields if each) / os.sysconf("SC_CLK_TCK")


def proc_text(pid: int, name: str) -> str:
    """A file of a process under /proc; empty when it is gone."""
    try:
        return Path(f"/proc/{pid}/{name}").read_text()
    except OSError:
        return ""
