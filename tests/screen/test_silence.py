"""How silence is told, run by Node: folded, quiet, apart from the signals."""

import json
import subprocess
from pathlib import Path
from typing import Any

from tests.present import node

ROOT = Path(__file__).resolve().parents[2]

RULES = {"silent": {"kind": "no_data", "label": "设备失联"}, "gas": {"kind": "threshold", "label": "燃气"}}


def silence(number: int, street: str = "320404001", **more: Any) -> dict[str, Any]:
    row = {
        "id": number,
        "rule": "silent",
        "severity": 5,
        "stage": "unack",
        "hold": "none",
        "street": street,
        "cell_id": number,
        "title": "t",
    }
    return {**row, "raised_at": f"2026-11-21T04:{number:02}:00Z", "lon": 119.9, "lat": 31.8, "version": 1, **more}


LEAK = {**silence(50), "rule": "gas", "severity": 2}


def run(script: str, **values: Any) -> Any:
    given = "".join(f"const {name}={json.dumps(value)};" for name, value in {"rules": RULES, **values}.items())
    here = (ROOT / "assets").as_uri()
    names = (("S", "silence"), ("Q", "duty-queue"), ("T", "state"))
    source = "".join(f'import * as {name} from "{here}/{module}.js";' for name, module in names) + given + script
    done = subprocess.run([node(), "--input-type=module", "-"], input=source, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def folded(*rows: dict[str, Any]) -> list[tuple[Any, int, int]]:
    script = "console.log(JSON.stringify(S.foldSilences(rows, rules).map(r => [r.id, r.folded?.length ?? 0, r.waiting ?? 0])))"
    return [(key, n, waiting) for key, n, waiting in run(script, rows=rows)]


def test_silences_of_a_street_are_one_row_and_another_street_and_another_alarm_are_not() -> None:
    rows = [LEAK, *(silence(n) for n in range(1, 38)), silence(40, "320404002")]
    assert folded(*rows) == [(50, 0, 0), ("fold:silent:320404001", 37, 37), (40, 0, 0)]


def test_a_drill_is_folded_apart_and_what_is_acknowledged_waits_no_more() -> None:
    rows = [silence(1, stage="acked"), silence(2), silence(3, drill=True), silence(4, drill=True)]
    assert folded(*rows) == [("fold:silent:320404001", 2, 1), ("fold:silent:320404001:drill", 2, 2)]


def test_those_that_speak_again_stand_apart_and_have_no_mark() -> None:
    rows = [silence(1), silence(2), silence(3, stage="rtn_unack"), silence(4, stage="rtn_unack")]
    assert folded(*rows) == [("fold:silent:320404001", 2, 2), ("fold:silent:320404001:back", 2, 2)]
    script = "console.log(JSON.stringify(S.silenceMarks(rows, rules, new Map()).map(r => r.id)))"
    assert run(script, rows=rows) == [1, 2]


def test_a_cell_has_one_mark_of_silence_and_a_grey_one_none() -> None:
    rows = [silence(1), silence(2, cell_id=1), silence(3), silence(4, cell_id=None), LEAK]
    script = "console.log(JSON.stringify(S.silenceMarks(rows, rules, new Map([[3, -1], [1, 0]])).map(r => r.id)))"
    assert run(script, rows=rows) == [1, 4]


def test_a_notice_is_no_signal_of_the_day() -> None:
    snapshot = {"sequence": 1, "at": "2026-11-21T04:00:00Z", "streets": {}, "trend": {"bucket_s": 900, "today": [], "yesterday": []}}
    script = """const s=T.takeSnapshot(snapshot); T.applyDelta(s,{sequence:2,at:'x',streets:{'320404001':{alerts:rows}}});
    console.log(JSON.stringify([...s.trend.today.values()]))"""
    assert run(script, snapshot=snapshot, rows=[silence(1), silence(2), LEAK]) == [1]


def test_on_the_desk_a_fold_stands_for_its_members_and_opens() -> None:
    picture = {"alerts": [LEAK, silence(1), silence(2)], "cases": [], "incidents": [], "reports": []}
    script = """const law={awaits:new Set(),domains:{},rules}; const keys=(...open)=>Q.workItems(picture,0,law,new Set(open)).map(i=>i.key);
    const fold=Q.workItems(picture,0,law)[1]; const none={kind:'',severity:'',domain:'',stage:'',text:''};
    console.log(JSON.stringify([keys(), keys('alert:fold:silent:320404001'), fold.folded.length,
      Q.passes(fold,{...none,severity:'5'}), Q.passes(fold,{...none,severity:'2'})]))"""
    closed, opened, members, passes, other = run(script, picture=picture)
    assert closed == ["alert:50", "alert:fold:silent:320404001"]
    assert opened == [*closed, "alert:1", "alert:2"]
    assert (members, passes, other) == (2, True, False)


def test_what_a_hand_unfolds_stands_beneath_its_row_at_once_and_what_comes_meanwhile_is_announced() -> None:
    picture = {"alerts": [LEAK, silence(1), silence(2)], "cases": [], "incidents": [], "reports": []}
    more = {**picture, "alerts": [*picture["alerts"], silence(3)]}
    script = """const law={awaits:new Set(),domains:{},rules}; const fold='alert:fold:silent:320404001';
    const items=(picture,...open)=>Q.workItems(picture,0,law,new Set(open)); const told=({items,fresh})=>[items.map(i=>i.key), fresh.map(i=>i.key), items.some(i=>i.gone)];
    const closed=items(picture), opened=Q.hold(closed, items(picture, fold));
    console.log(JSON.stringify([told(opened), told(Q.hold(opened.items, items(more, fold))), told(Q.hold(opened.items, closed))]))"""
    opened, joined, closed = run(script, picture=picture, more=more)
    head = ["alert:50", "alert:fold:silent:320404001"]
    assert opened == [[*head, "alert:1", "alert:2"], [], False]
    assert joined == [[*head, "alert:1", "alert:2"], ["alert:3"], False]
    assert closed == [head, [], False]
