"""The main pages in both themes before axe-core, by keyboard and with little motion; and the eye of `make screenshots` sees what is wrong."""

import pytest

from shots.looks import ill_looking, inaccessible
from tests.browser import Visitor, Windows
from tests.patience import until
from tests.quarter import Quarter

# path → who opens it
PAGES = {"/wall": "", "/duty": "duty1", "/cockpit": "leader1", "/field": "worker", "/login": ""}
_OTHER_THEME = "document.querySelector('[data-do=theme]').click()"
_MOVING = """() => document.getAnimations().filter((one) => one.playState === "running" && one.effect.getComputedTiming().duration > 1)
    .map((one) => one.animationName || one.transitionProperty)"""
_FOCUS = (
    "() => { const at = document.activeElement; return [at.className, getComputedStyle(at).outlineStyle, at.getBoundingClientRect().top]; }"
)
BAD = """<!doctype html><html lang=zh><title>x</title><body style="margin:0;font:16px sans-serif">
<div style="width:40px;overflow:hidden;white-space:nowrap" class=cut>much too long a text</div>
<div style="width:60px;overflow:hidden;text-overflow:ellipsis;white-space:nowrap" class=short>shortened without a word</div>
<div style="width:60px;overflow:hidden;text-overflow:ellipsis;white-space:nowrap" title="whole" class=honest>shortened with a title</div>
<div style="display:flex;width:60px;overflow:hidden;text-overflow:ellipsis;white-space:nowrap" class=flexed>no sign in a flexible box</div>
<p class=under style="margin:0">one line</p><p class=over style="margin:-18px 0 0">another line</p>
<p class=tiny style="font-size:8px">tiny</p><p class=hid>hidden behind</p>
<div class=lid style="margin-top:-40px;height:40px;background:#fff;position:relative"></div>
<section data-panel=hollow style="height:80px;width:80px"><h2>Title</h2></section><p class=key>desk.nav</p></body>"""


@pytest.fixture(scope="module")
def busy(running_quarter: Quarter) -> Quarter:
    """The quarter with an alarm to look at."""
    running_quarter.revive()
    running_quarter.publish("smoke-18", smoke=1)
    return running_quarter


def opened(windows: Windows, quarter: Quarter, path: str) -> Visitor:
    visitor = windows.open(quarter.stack.url, 1366, 768)
    if path == "/wall":
        visitor.go(f"/screen/{quarter.screen}")
    elif who := PAGES[path]:
        visitor.admit(*quarter.session(quarter.worker_of("smoke-18") if who == "worker" else who))
        visitor.go(path)
    else:
        visitor.go(path)
        return visitor
    visitor.ready()
    return visitor


@pytest.mark.parametrize("path", list(PAGES))
def test_axe_finds_nothing_serious(busy: Quarter, windows: Windows, path: str) -> None:
    visitor = opened(windows, busy, path)
    assert inaccessible(visitor.page) == []
    assert visitor.page.evaluate(_MOVING) == [], "who wants little motion gets none"
    if visitor.page.query_selector("[data-do=theme]"):
        visitor.page.evaluate(_OTHER_THEME)
        assert inaccessible(visitor.page) == []


def test_the_first_stop_of_the_tab_key_leads_past_the_header_and_the_focus_is_seen(busy: Quarter, windows: Windows) -> None:
    visitor = opened(windows, busy, "/duty")
    visitor.page.keyboard.press("Tab")
    name, outline, _ = visitor.page.evaluate(_FOCUS)
    assert (name, outline != "none") == ("skip-link", True)
    until(lambda: visitor.page.evaluate(_FOCUS)[2] >= 0, what="it comes into sight")
    visitor.page.keyboard.press("Enter")
    assert visitor.page.evaluate("document.activeElement.closest('header') === null && document.activeElement !== document.body")
    visitor.page.keyboard.press("Tab")
    assert visitor.page.evaluate(_FOCUS)[1] != "none"


def test_the_eye_of_the_screenshots_sees_what_is_wrong_and_only_that(windows: Windows) -> None:
    page = windows.open("http://127.0.0.1", 800, 600).page
    page.set_content(BAD)
    found = "\n".join(ill_looking(page, grows=False))
    for fault in ("cut off: div.cut", "cut off: div.flexed", "nowhere whole: div.short", "written over", "smaller than 11 px (8.0): p.tiny", "covered by div.lid: p.hid",
                  "empty without a word: section in hollow", "a key instead of words: desk.nav"):  # fmt: skip
        assert fault in found
    assert "honest" not in found
