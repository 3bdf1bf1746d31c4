"""In a storm lists tell groups, run by Node: nothing is left out, and what calls aloud is only what is new and stands."""

import json
import subprocess
from pathlib import Path
from typing import Any

from tests.present import node

ASSETS = (Path(__file__).resolve().parents[2] / "assets").as_uri()


def run(script: str, **values: Any) -> Any:
    given = "".join(f"const {name}={json.dumps(value)};" for name, value in values.items())
    names = (("S", "storm"), ("Q", "duty-queue"), ("V", "duty-sound"))
    source = "".join(f'import * as {name} from "{ASSETS}/{module}.js";' for name, module in names)
    told = subprocess.run(
        [node(), "--input-type=module", "-e", f"{source}{given}console.log(JSON.stringify({script}))"], capture_output=True, check=True
    )
    return json.loads(told.stdout)


def row(number: int, street: str = "a", class_code: str = "0502", **more: Any) -> dict[str, Any]:
    at = f"2026-11-21T04:{number:02d}:00+00:00"
    return {
        "id": number,
        "street": street,
        "class_code": class_code,
        "severity": 3,
        "stage": "unack",
        "hold": "none",
        "raised_at": at,
        "title": "t",
    } | more


def test_every_row_is_in_one_group_and_the_gravest_and_largest_stand_on_top() -> None:
    rows = [
        row(1),
        row(2, severity=2),
        row(3, "b", stage="acked"),
        row(4, "b", "0401", severity=4),
        row(5, hold="shelved"),
        row(6, drill=True),
    ]
    groups = run("S.groupRows(rows)", rows=rows)
    assert [(one["street"], one["class_code"], one["severity"], len(one["folded"]), one["waiting"], one["drill"]) for one in groups] == [
        ("a", "0502", 2, 3, 2, False), ("a", "0502", 3, 1, 1, True), ("b", "0502", 3, 1, 0, False), ("b", "0401", 4, 1, 1, False),
    ]  # fmt: skip
    assert sum(len(one["folded"]) for one in groups) == len(rows)


LAW: dict[str, Any] = {"awaits": [], "domains": {}, "severities": {}, "rules": {}}


def test_what_belongs_to_one_incident_is_one_row_as_urgent_as_the_most_urgent_in_it() -> None:
    picture = {
        "alerts": [row(1, incident_id=7, severity=3), row(2, incident_id=7, severity=1, stage="unack"), row(3, incident_id=7, stage="acked"), row(4)],
        "reports": [], "cases": [], "incidents": [{"id": 7, "title": "积水", "severity": 3, "stage": "confirmed", "opened_at": "2026-11-21T04:00:00Z"}],
    }  # fmt: skip
    script = "((law)=>[Q.workItems(picture,0,law).map(one=>[one.key,one.severity,one.members??null,one.unseen??null]),Q.workItems(picture,0,law,new Set(['incident:7'])).map(one=>[one.key,one.beneath??null])])({...law,awaits:new Set()})"
    closed, opened = run(script, picture=picture, law=LAW)
    assert closed == [["incident:7", 1, 3, 2], ["alert:4", 3, None, None]]
    assert opened == [
        ["incident:7", None],
        ["alert:2", "incident:7"],
        ["alert:1", "incident:7"],
        ["alert:3", "incident:7"],
        ["alert:4", None],
    ]


def test_overdue_stands_before_severity_unowned_before_owned_and_held_at_the_end() -> None:
    alerts = [row(1, severity=1), row(2, severity=4, overdue=True), row(3, owner="张"), row(4), row(5, severity=1, hold="suppressed")]
    picture = {"alerts": alerts, "reports": [], "cases": [], "incidents": []}
    found = run("Q.workItems(picture,0,{...law,awaits:new Set()}).map(one=>one.row.id)", picture=picture, law=LAW)
    assert found == [2, 1, 4, 3, 5]


def test_the_desk_calls_for_what_is_new_and_again_only_for_the_gravest_that_nobody_took() -> None:
    items = [{"key": "a", "waits": True, "severity": 3, "row": {}}, {"key": "b", "waits": True, "severity": 1, "row": {}},
             {"key": "c", "waits": True, "severity": 1, "row": {"drill": True}}, {"key": "d", "waits": False, "severity": 1, "row": {}}]  # fmt: skip
    script = "[V.callOf(items,new Set(),new Map(),0),V.callOf(items,new Set(['b']),new Map([['b',0]]),5),V.callOf(items,new Set(['a','b']),new Map([['a',0],['b',0]]),5),V.callOf(items,new Set(['a','b']),new Map([['a',0],['b',0]]),20),V.callOf([],new Set(),new Map(),0)]"
    assert run(script, items=items) == [1, 3, None, 1, None]
