"""When a screen loads anew and where it goes, asked of the browser's own functions by Node."""

import json
import subprocess
from pathlib import Path
from typing import Any

from tests.present import node

MODULE = (Path(__file__).resolve().parents[2] / "assets" / "screen-watch.js").as_uri()
# A month on a wall in one script: each line is what was asked, and the answer.
SCRIPT = f"""
import {{ whereTo, whyReload, wordsTo }} from "{MODULE}";
const limits = {{ heap_mb: 600, age_s: 86400, quiet_s: 60, again_s: 900 }};
const well = {{ ordered: false, release: "a", served: "a", heap_mb: 100, age_s: 10, quiet_s: 300, waited_s: 0, reloaded_s: Infinity }};
const why = (facts) => whyReload({{ ...well, ...facts }}, limits);
const home = (address = null) => ({{ key: `home:${{address ?? ""}}`, why: "home", address }});
const cast = (n, address) => ({{ key: `cast:${{n}}`, why: "scene", address }});
const walk = (steps) => {{ let kept; return steps.map(([show, here]) => {{ const to = whereTo(show, kept, here); kept = to.kept; return to.address; }}); }};
console.log(JSON.stringify({{
  well: why({{}}), release: why({{ served: "b" }}), memory: why({{ heap_mb: 601 }}), age: why({{ age_s: 90000 }}), unknown: why({{ heap_mb: undefined }}),
  ordered: why({{ ordered: true, quiet_s: 0, reloaded_s: 1 }}), busy: why({{ served: "b", quiet_s: 5 }}), long: why({{ served: "b", quiet_s: 5, waited_s: 900 }}),
  again: why({{ served: "b", reloaded_s: 899 }}),
  stays: walk([[home(), "/wall?area=1"], [home(), "/wall?area=2"]]),
  back: walk([[home(), "/wall?area=1"], [cast(1, "/wall/water"), "/wall?area=1"], [cast(1, "/wall/water"), "/wall/water"], [cast(2, "/wall/urban"), "/wall/water"], [home(), "/wall/urban"]]),
  homes: walk([[home("/wall?m=1"), "/wall"], [cast(1, "/wall/water"), "/wall?m=1&area=3"], [home("/wall?m=1"), "/wall/water"]]),
  words: wordsTo("/wall?measure=aqi", "/wall?area=1&lang=en&measure=risk"),
}}));
"""


def answers() -> dict[str, Any]:
    told = subprocess.run([node(), "--input-type=module", "-e", SCRIPT], capture_output=True, check=True, encoding="utf-8", timeout=60)
    return dict(json.loads(told.stdout))


def test_a_screen_loads_anew_for_a_reason_at_a_quiet_moment_and_goes_where_it_is_sent_and_back() -> None:
    said = answers()
    assert [said[name] for name in ("well", "unknown", "busy", "again")] == [None] * 4
    assert [said[name] for name in ("release", "memory", "age", "ordered")] == ["release", "memory", "age", "ordered"]
    assert said["long"] == "release", "a city that never falls quiet keeps no screen from an update for ever"
    assert said["stays"] == [None, None], "who stands before a screen may look around"
    assert said["back"] == [None, "/wall/water", None, "/wall/urban", "/wall?area=1"], "it returns to where it was before the first cast"
    assert said["homes"] == ["/wall?m=1", "/wall/water", "/wall?m=1"]
    assert said["words"] == {"area": None, "measure": "aqi"}
