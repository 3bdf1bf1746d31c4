"""The cockpit's page, and what its modules decide without a browser: the order of risks, of ranks, and what a change is called."""

import json
import subprocess
from pathlib import Path
from typing import Any

from core.config import Config
from core.model import Scope
from panels import cockpit
from panels.frame import Page
from tests.present import node
from tests.unit.panels.test_duty import TEXTS, values

ASSETS = Path(__file__).resolve().parents[3] / "assets"


def run(script: str, asked: Any) -> Any:
    """What a pure function of an asset answers, by node."""
    heads = f"""
import {{ readFileSync }} from 'node:fs';
globalThis.location = {{ search: '', pathname: '/cockpit' }};
const {{ topRisks }} = await import('{ASSETS.as_uri()}/cockpit-risks.js');
const {{ ranked }} = await import('{ASSETS.as_uri()}/cockpit-ranks.js');
const {{ change }} = await import('{ASSETS.as_uri()}/cockpit-figure.js');
const {{ sparkline }} = await import('{ASSETS.as_uri()}/cockpit-lines.js');
const asked = JSON.parse(readFileSync(0, 'utf8'));
const answer = (() => {{ {script} }})();
console.log(JSON.stringify(answer));
"""
    told = subprocess.run(
        [node(), "--input-type=module", "-e", heads],
        input=json.dumps(asked),
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=30,
    )
    assert told.returncode == 0, told.stderr
    return json.loads(told.stdout)


def page(config: Config, role: str = "leader") -> Page:
    return Page("/cockpit", "", {}, TEXTS["zh"], config, Scope(role, ("320404",), 7, "领导"))


def given(config: Config, role: str) -> dict[str, Any]:
    return dict(json.loads(values(cockpit.view(page(config, role)), "data-config")[0]))


def test_the_cockpit_has_a_place_for_each_of_its_panels(config: Config) -> None:
    shown = set(values(cockpit.view(page(config)), "data-panel"))
    assert {"figures", *(name for name, _ in cockpit.PANELS)} <= shown


def test_only_who_may_order_is_given_the_button_and_the_vital_signs_are_those_of_the_score(config: Config) -> None:
    assert [given(config, role)["issues"] for role in ("leader", "supervisor", "auditor")] == [True, True, False]
    named = {sign.vital for sign in config.cockpit.signs if sign.vital}
    assert {f"{one['metric']}_{one['fold']}" for one in given(config, "leader")["vitals"]} == named


NOW = 1_800_000_000_000


def at(minutes: float) -> str:
    return f"2027-01-15T{8 - int(minutes // 60) - (1 if minutes % 60 else 0):02d}:{(60 - int(minutes % 60)) % 60:02d}:00Z"


def test_the_gravest_comes_first_then_what_nobody_answers_then_what_lasts_longest() -> None:
    state = {
        "incidents": [{"id": 1, "severity": 2, "stage": "handling", "opened_at": at(30)}],
        "alerts": [
            {"id": 2, "severity": 2, "stage": "unack", "raised_at": at(10)}, {"id": 3, "severity": 1, "stage": "acked", "raised_at": at(5)},
            {"id": 4, "severity": 1, "stage": "unack", "raised_at": at(9), "incident_id": 1}, {"id": 5, "severity": 5, "stage": "unack"},
            {"id": 6, "severity": 1, "stage": "unack", "raised_at": at(9), "drill": True},
        ],
        "cases": [
            {"id": "7", "severity": 4, "overdue": True, "due_at": at(60), "opened_at": at(200)},
            {"id": "8", "severity": 4, "overdue": False, "opened_at": at(200)},
        ],
    }  # fmt: skip
    script = """
    const maps = Object.fromEntries(Object.entries(asked.state).map(([name, rows]) => [name, new Map(rows.map(row => [row.id, row]))]));
    return topRisks(maps, asked.now).map(({kind, row, why}) => [kind, row.id, why]);"""
    assert run(script, {"state": state, "now": NOW}) == [
        ["alert", 2, "unanswered"], ["alert", 3, "open"], ["incident", 1, "open"], ["case", "7", "overdue"],
    ]  # fmt: skip


def test_a_drift_is_not_drawn_as_a_fall_and_two_points_are_no_course() -> None:
    script = """
    globalThis.document = { createElementNS: () => ({ children: [], setAttribute(name, value) { this[name] = value; }, append(...more) { this.children.push(...more); } }) };
    const heights = values => { const drawn = sparkline(values.map((value, at) => [at, value])); return drawn && drawn.children.at(-1).d.split(/[ML]/).filter(Boolean).map(point => Number(point.split(' ')[1])); };
    return asked.map(heights);"""
    few, drift, fall, still = run(script, [[82, 81], [82, 81.8, 81.6], [82, 60, 40], [7, 7, 7]])
    assert few == ""
    assert max(drift) - min(drift) < 5
    assert (fall[0], fall[-1]) == (4, 40)
    assert still == [22, 22, 22]


def test_whoever_has_nothing_due_is_not_ranked() -> None:
    rows = [
        {"key": key, "figures": {"in_time_archive_rate": {"value": value, "denominator": of}}}
        for key, value, of in (("a", 90, 10), ("b", None, 0), ("c", 95, 2), ("none", 99, 5), ("d", 90, 20))
    ]
    assert run("return ranked(asked).map(row => row.key);", rows) == ["c", "d", "a"]


def test_shares_change_by_points_amounts_by_per_cent_and_nothing_is_made_of_what_is_unknown() -> None:
    asked = [
        [{"unit": "%", "good": 1}, 93, 90], [{"unit": "亿元", "good": -1}, 110, 100], [{"unit": "%", "good": 1}, 5, None],
        [{"unit": "亿元"}, 5, 0], [{"unit": "%", "good": 1}, 5, 5.01],
    ]  # fmt: skip
    told = run("return asked.map(([card, value, before]) => change(card, value, before));", asked)
    assert [one and one["sense"] for one in told] == [1, -1, None, None, 0]
    assert told[1]["text"] == "+10.0%"
