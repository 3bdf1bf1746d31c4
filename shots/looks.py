"""What is wrong with a page that stands open: its looks (`look.js`), its words, what axe-core finds. Reads it; decides what counts.

Colours over pictures and gradients axe leaves undecided; those are for the eye.
"""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
SERIOUS = {"serious", "critical"}
READABLE_PX = 11.0  # smallest type of a desk; where type grows with the screen, of 1080 lines
_LINES = 1080
_LOOK = (Path(__file__).parent / "look.js").read_text("utf-8")
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_RUN_AXE = """async (rules) => {
  const found = await axe.run(document, {resultTypes: ["violations"], preload: false, runOnly: rules});
  const place = (one) => [one.target.join(" "), one.any.map((why) => why.message).join("; ")];
  return found.violations.map(({id, impact, help, nodes}) => ({id, impact, help, at: nodes.map(place)}));
}"""
_SPOKEN = """() => {
  const names = ["title", "aria-label", "placeholder", "alt"];
  const nodes = [...document.querySelectorAll(names.map((name) => `[${name}]`).join())];
  const told = nodes.flatMap((node) => names.map((name) => node.getAttribute(name) || ""));
  return [document.body.innerText, document.title, ...told].join("\\n");
}"""


def ill_looking(page: Any, grows: bool) -> list[str]:
    """Faults of a Playwright page at its present size."""
    lines = page.viewport_size["height"]
    smallest = READABLE_PX * max(1.0, lines / _LINES) if grows else READABLE_PX
    found = [f"{kind}: {what}" for kind, what in page.evaluate(_LOOK, {"smallest": smallest, "scrolls": not grows})]
    return found + [f"a key instead of words: {key}" for key in sorted(set(_key().findall(page.evaluate(_SPOKEN))))]


def inaccessible(page: Any) -> list[str]:
    """Serious and critical findings of axe-core, one line each with the places."""
    if not page.evaluate("Boolean(window.axe)"):
        page.evaluate(AXE.read_text("utf-8"))
    return [told(one) for one in page.evaluate(_RUN_AXE, _RULES) if one["impact"] in SERIOUS]


def told(finding: dict[str, Any], most: int = 4) -> str:
    """A finding of axe in a line."""
    places = [f"{target} ({why[:110]})" if why else target for target, why in finding["at"][:most]]
    more = f" and {len(finding['at']) - most} more" if len(finding["at"]) > most else ""
    return f"axe {finding['id']} ({finding['impact']}): {finding['help']}: {' | '.join(places)}{more}"


@cache
def _key() -> re.Pattern[str]:
    """What looks like a key of our texts: one of their first words and a dot."""
    files = (ROOT / "assets" / "i18n").glob("*zh.json")
    heads = {key.partition(".")[0] for file in files for key in json.loads(file.read_text("utf-8"))}
    return re.compile(rf"(?<![\w/.@-])(?:{'|'.join(sorted(heads))})\.[a-z_]+(?:\.[a-z_]+)*(?![\w/.-])")
