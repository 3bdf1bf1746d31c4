"""Every surface at its sizes, in both languages, in a real Chromium: it is ready, silent on the console, complete in words, honest in figures."""

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Error

from core.config import Config
from tests.browser import Visitor, Windows
from tests.patience import PATIENCE_S, Stopwatch, until
from tests.quarter import CALM, PASSWORD, PEOPLE, Quarter

ASSETS = Path(__file__).resolve().parents[2] / "assets"
TEXTS: dict[str, str] = {
    key: text for file in (ASSETS / "i18n").glob("*zh.json") for key, text in json.loads(file.read_text("utf-8")).items()
}
# What looks like a key: one of the files' first words and a dot; also one that nobody wrote.
KEY = re.compile(rf"\b(?:{'|'.join(sorted({key.split('.')[0] for key in TEXTS}))})\.[a-z][\w.]*")
CHINESE = re.compile(r"[\u3400-\u9fff]+")
ROLES = {"/wall": "", "/duty": "duty1", "/quality": "duty1", "/cockpit": "leader1", "/field": "worker", "/login": ""}
SIZES: dict[str, tuple[tuple[int, int], ...]] = {
    "/wall": ((1920, 1080), (1366, 768), (3840, 1080)),
    "/duty": ((1920, 1080), (1366, 768)),
    "/cockpit": ((1366, 768), (1180, 820)),
    "/quality": ((1920, 1080), (1180, 820)),
    "/field": ((390, 844), (360, 640)),
    "/login": ((1366, 768), (390, 844)),
}
# What people read without reading it as text: names of buttons, hints.
SPOKEN = """() => [document.body.innerText, document.title, ...[...document.querySelectorAll("[title],[aria-label],[placeholder],[alt]")].flatMap(
    (node) => ["title", "aria-label", "placeholder", "alt"].map((name) => node.getAttribute(name) || ""))].join("\\n")"""
CHINESE_FONT = re.compile(r"CJK|Han Sans|YaHei|PingFang|WenQuanYi|Hiragino")
# Marks elements with text of their own that is to be seen, figures too.
PROBE = """() => {
  document.querySelectorAll("[data-probe]").forEach((node) => delete node.dataset.probe);
  const own = (node) => [...node.childNodes].filter((child) => child.nodeType === 3).map((child) => child.data).join("");
  for (const node of [...document.body.querySelectorAll("*")].filter((one) => own(one).trim() && one.checkVisibility()).slice(0, 250))
    node.dataset.probe = "";
}"""
OVERFLOW = """() => [...document.querySelectorAll("html, body, main, section, ol, ul")].filter((node) => {
    const how = getComputedStyle(node).overflowX;
    return node.scrollWidth > node.clientWidth + 1 && (node === document.scrollingElement || how === "auto" || how === "scroll");
  }).map((node) => `${node.tagName}.${node.className} ${node.scrollWidth} > ${node.clientWidth}`)"""
FIGURES = """() => [...document.querySelectorAll("[data-figure]")].map((node) => ({name: node.dataset.figure, value: node.dataset.value, age: node.dataset.age,
    text: node.textContent}))"""


@pytest.fixture(scope="module")
def lively(running_quarter: Quarter) -> Iterator[Quarter]:
    """The quarter with something on every list: an alarm waiting, another with a case at the worker's, and a citizen's report."""
    quarter = running_quarter
    quarter.revive()
    quarter.publish("smoke-06", smoke=1)
    quarter.publish("gas-01", gas=80)
    until(lambda: quarter.one("select count(*) from alerts where subject in ('smoke-06/smoke', 'gas-01/gas') and stage = 'unack'") == 2)
    alert = quarter.one("select alert_id from alerts where subject = 'smoke-06/smoke' and stage = 'unack'")
    quarter.ask("duty1", "POST", "/cases", {"alert_id": alert, "dispatch": True})
    device = quarter.devices["cover-05"]
    quarter.report(title="井盖破损，险些摔倒", class_code="0503", lon=device["lon"], lat=device["lat"], address="怀德路 12 号")
    until(lambda: quarter.one("select count(*) from reports") >= 1)
    yield quarter
    quarter.publish("smoke-06", smoke=CALM["smoke"])
    quarter.publish("gas-01", gas=CALM["gas"])


def open_surface(windows: Windows, quarter: Quarter, path: str, language: str = "zh", size: tuple[int, int] | None = None) -> Visitor:
    """A surface as its own user opens it; returns when it says that it is ready."""
    width, height = size or SIZES[path][0]
    visitor = windows.open(quarter.stack.url, width, height)
    if path == "/wall":
        visitor.go(f"/screen/{quarter.screen}")
        if language == "en":
            visitor.go("/wall?lang=en")
    elif path == "/login":
        visitor.go(f"/login?lang={language}")
        visitor.page.wait_for_selector("[data-panel=login]")
        return visitor
    else:
        login = ROLES[path] if ROLES[path] != "worker" else quarter.worker_of("smoke-06")
        visitor.admit(*quarter.session(login))
        visitor.go(path if language == "zh" else f"{path}?lang=en")
    visitor.ready()
    return visitor


def data_words(config: Config, quarter: Quarter) -> set[str]:
    """Words that are data and therefore in the city's language, whatever the page's: names of places, people and devices, stored titles,
    and what the configuration has in one language only."""
    words = {"一屏", "中文", config.area.name, config.area.title, *(title for _, title in PEOPLE.values())}
    for rule in config.rules.values():
        words |= {getattr(rule, "owner", ""), getattr(rule, "reason", ""), getattr(rule, "runbook", "")}
    for query in (
        "select name from areas", "select name from devices", "select title from accounts", "select title from alerts",
        "select title from reports", "select address from reports", "select title from cases", "select title from incidents",
        "select name from duty_grids",
    ):  # fmt: skip
        words |= {str(row["name" if "name" in row else "title" if "title" in row else "address"]) for row in quarter.rows(query)}
    return words - {"", "None"}


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("path", list(SIZES))
def test_a_surface_opens_ready_at_its_sizes_with_every_word_and_without_a_complaint(
    lively: Quarter, windows: Windows, config: Config, path: str, language: str
) -> None:
    visitor = open_surface(windows, lively, path, language)
    if path == "/duty":
        visitor.page.click("[data-panel=queue] li[data-kind=alert] .row-body")
        visitor.page.wait_for_selector("[data-panel=detail] button[data-act]")
        until(lambda: "…" not in visitor.page.inner_text("[data-slot=trend-note]"), what="the trend is drawn")
    for width, height in SIZES[path]:
        visitor.page.set_viewport_size({"width": width, "height": height})
        until(lambda: not visitor.page.evaluate(OVERFLOW), what=f"no scroll bar at {width}x{height}: {visitor.page.evaluate(OVERFLOW)}")
        if path == "/wall":
            until(lambda: visitor.page.evaluate("document.scrollingElement.scrollHeight <= innerHeight"), what="a wall never scrolls")
    spoken = str(visitor.page.evaluate(SPOKEN))
    assert KEY.findall(spoken) == []
    assert visitor.page.evaluate("document.documentElement.lang").startswith(language)
    if language == "en":
        for word in sorted(data_words(config, lively), key=len, reverse=True):
            spoken = spoken.replace(word, "")
        assert CHINESE.findall(spoken) == []
    assert visitor.unforgiven() == []


@pytest.mark.parametrize("path", list(SIZES))
def test_chinese_is_drawn_by_a_chinese_font(lively: Quarter, windows: Windows, path: str) -> None:
    visitor = open_surface(windows, lively, path)
    watch, look = Stopwatch(), fonts_of(visitor)
    while look.strange and watch.seconds < PATIENCE_S:  # the page may draw an element anew between our two questions: what stays is strange
        look = fonts_of(visitor)
    assert look.strange == []
    assert look.shown > 10
    if path in {"/wall", "/cockpit"}:
        assert any("Barlow" in font for font in look.fonts), "figures have a face of their own"


@dataclass
class Look:
    """How many Chinese characters stand in a page's first elements that have text of their own, the fonts that drew those elements,
    and each element of which Chinese fonts drew fewer glyphs than it has Chinese characters."""

    shown: int
    fonts: set[str]
    strange: list[str]


def fonts_of(visitor: Visitor) -> Look:
    """Element by element, as Chromium tells: its text and right after it the glyphs that were really drawn."""
    visitor.page.evaluate(PROBE)
    session = visitor.context.new_cdp_session(visitor.page)
    for domain in ("DOM", "CSS"):
        session.send(f"{domain}.enable")
    root = session.send("DOM.getDocument", {"depth": 0})["root"]["nodeId"]
    look = Look(0, set(), [])
    for node in session.send("DOM.querySelectorAll", {"nodeId": root, "selector": "[data-probe]"})["nodeIds"]:
        with suppress(Error):  # gone meanwhile
            children = session.send("DOM.describeNode", {"nodeId": node, "depth": 1})["node"].get("children", ())
            fonts = session.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]
            text = "".join(child["nodeValue"] for child in children if child["nodeType"] == 3)
            glyphs = {str(font["familyName"]): int(font["glyphCount"]) for font in fonts}
            chinese = sum(map(len, CHINESE.findall(text)))
            look.shown, look.fonts = look.shown + chinese, look.fonts | glyphs.keys()
            if sum(n for font, n in glyphs.items() if CHINESE_FONT.search(font)) < chinese:
                look.strange.append(f"{text!r}: {glyphs}")
    session.detach()
    return look


@pytest.mark.parametrize(("path", "least"), [("/wall", 40), ("/duty", 5), ("/cockpit", 12)])
def test_every_figure_carries_its_number_and_its_age(lively: Quarter, windows: Windows, path: str, least: int) -> None:
    visitor = open_surface(windows, lively, path)

    def faults() -> list[str]:
        """A figure without the attributes, or a known one whose text says unknown, or the other way round."""
        return [
            f"{one['name']}: {one}" for one in visitor.page.evaluate(FIGURES)
            if one.get("value") is None or one.get("age") is None
            or (one["value"] != "" and (not re.fullmatch(r"-?\d+(\.\d+)?", one["value"]) or "—" in one["text"]))
        ]  # fmt: skip

    def known() -> set[str]:
        return {one["name"] for one in visitor.page.evaluate(FIGURES) if one["value"] != ""}

    until(lambda: not faults(), what=f"honest figures: {faults()}")
    assert len({one["name"] for one in visitor.page.evaluate(FIGURES)}) >= least
    until(lambda: len(known()) >= least * 0.6, what=f"enough of them known, not only {known()}")
    if path == "/wall":
        online = "select count(*) from devices where silent_at is null and presence is distinct from 'offline' and not probe"
        until(lambda: figure(visitor, "devices_online")["value"] == str(lively.one(online)), what="the devices that are online")
        waiting = "select count(*) from alerts where stage in ('unack', 'rtn_unack') and not drill"
        until(lambda: figure(visitor, "alerts_unack")["value"] == str(lively.one(waiting)), what="the alerts that wait")
        until(lambda: 0 <= int(figure(visitor, "alerts_open")["age"] or -1) <= 10, what="a young figure")
        until(lambda: figure(visitor, "devices_online")["age"] != "", what="an age")


def figure(visitor: Visitor, name: str) -> dict[str, Any]:
    return next(one for one in visitor.page.evaluate(FIGURES) if one["name"] == name)


def test_without_a_session_every_page_leads_to_the_login_and_back(lively: Quarter, windows: Windows) -> None:
    visitor = windows.open(lively.stack.url)
    visitor.go("/duty")
    assert "/login?next=/duty" in visitor.page.url
    visitor.page.fill("input[name=login]", "duty1")
    visitor.page.fill("input[name=password]", "Wrong-2026-no")
    visitor.page.click("button[type=submit]")
    assert visitor.page.inner_text("[role=alert]") == TEXTS["login.error.wrong"]
    visitor.page.fill("input[name=password]", PASSWORD)
    visitor.page.click("button[type=submit]")
    visitor.page.wait_for_url("**/duty")
    visitor.ready()
    assert visitor.unforgiven(r"status of 401") == []
