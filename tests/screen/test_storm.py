"""In a storm lists tell groups, run by Node: nothing is left out, and what calls aloud is only what is new and stands."""

from pathlib import Path
from typing import Any

from tests.in_node import modules

ASSETS = (Path(__file__).resolve().parents[2] / "assets").as_uri()


STORM = modules({"S": "storm.js", "Q": "duty-queue.js", "V": "duty-sound.js", "N": "duty-notices.js", "C": "duty-call.js"})


def run(script: str, **values: Any) -> Any:
    return STORM(f"say({script})", **values)


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
    script = "[V.callOf(items,new Map(),new Map(),0),V.callOf(items,new Map([['b',1]]),new Map([['b',0]]),5),V.callOf(items,new Map([['a',3],['b',1]]),new Map([['a',0],['b',0]]),5),V.callOf(items,new Map([['a',3],['b',1]]),new Map([['a',0],['b',0]]),20),V.callOf([],new Map(),new Map(),0)]"
    assert run(script, items=items) == [1, 3, None, 1, None]


HEAR = """((steps) => { globalThis.document = { addEventListener() {} }; globalThis.localStorage = { getItem: () => null };
  const sound = V.makeSound({ onState() {} }); return steps.map(([items, at]) => sound.hear(items, at)); })"""


def waits(key: str, severity: int, **more: Any) -> dict[str, Any]:
    return {"key": key, "severity": severity, "waits": True, "row": {}} | more


def test_what_became_graver_calls_at_once_and_what_eased_does_not() -> None:
    steps = [([waits("alert:1", severity)], at) for severity, at in ((4, 0), (3, 5), (3, 10), (1, 15), (1, 17), (2, 20), (1, 30))]
    assert run(f"{HEAR}(steps)", steps=steps) == [None, 3, None, 1, None, None, 1]


def test_alerts_that_become_one_incident_or_leave_it_are_nothing_new_and_a_graver_one_in_it_is() -> None:
    one, two, red = waits("alert:1", 3), waits("alert:2", 3), waits("alert:3", 1)
    joined = waits("incident:7", 3, parts=[one, two])
    steps = [
        ([], 0),
        ([one], 5),
        ([one, two], 10),
        ([joined], 15),
        ([one, two], 20),
        ([joined], 25),
        ([waits("incident:7", 1, parts=[one, two, red])], 30),
    ]
    assert run(f"{HEAR}(steps)", steps=steps) == [None, 3, 3, None, None, None, 1]


def test_in_a_storm_cases_that_wait_or_are_late_and_approvals_stand_above_the_groups() -> None:
    case = {"severity": 3, "opened_at": "2026-11-21T04:00:00Z", "due_at": "2026-11-21T05:00:00Z", "title": "t", "overdue": False}
    cases = [
        case | {"number": "moves", "stage": "handling"},
        case | {"number": "late", "stage": "handling", "overdue": True},
        case | {"number": "waits", "stage": "reported"},
    ]
    approvals = [{"id": 9, "acts": ["approve"], "title": "t", "asked_at": "2026-11-21T04:00:00Z"}]
    groups = [
        {"street": "a", "class_code": "0502", "severity": 2, "unack": 3, "signals": 4, "incidents": 0, "oldest_at": "2026-11-21T04:00:00Z"}
    ]
    picture = {"alerts": [row(1)], "reports": [], "incidents": [], "cases": cases, "approvals": approvals}
    script = "Q.stormItems(picture,groups,0,{...law,awaits:new Set(['reported'])},code=>code,code=>code).map(one=>one.key)"
    assert run(script, picture=picture, groups=groups, law=LAW) == ["approval:9", "case:waits", "case:late", "group:a:0502"]


def test_a_view_with_filters_of_another_kind_lets_the_desk_live() -> None:
    item = {"kind": "alert", "id": 1, "severity": 2, "title": "积水 1", "domain": "water", "street": "a", "row": {}}
    given = [{"severity": 2}, {"severity": [1]}, {"text": 1}, {"text": ["积水"]}, {"severity": 3}]
    assert run("given.map(one=>Q.passes(item,one))", item=item, given=given) == [True, False, True, True, False]


TEXTS = """await (async () => { const { readFileSync } = await import('node:fs');
  globalThis.fetch = async url => ({ ok: true, json: async () => JSON.parse(readFileSync(url, 'utf8')) });
  const { loadText } = await import(at); await loadText(language, 'duty'); await loadText(language, 'notify'); return told(); })()"""


def in_words(told: str, language: str = "zh", **values: Any) -> Any:
    return run(TEXTS.replace("told()", told), at=f"{ASSETS}/text.js", language=language, **values)


def test_a_notice_says_what_happened_leads_to_it_and_calls_while_it_is_grave_and_not_seen() -> None:
    items = [
        {"template": "mention", "severity": 3, "noun": "alert", "id": 4, "by": "张三", "title": "积水"},
        {"template": "shift_lapsed", "severity": 2, "title": "李四", "acked": 3, "owned": 2},
        {"template": "case_overdue", "severity": 3, "number": "C-1", "title": "井盖"},
        {"template": "storm_step", "severity": 2, "storm": 1, "street": "a", "class_code": "0502", "signals": 40},
        {"template": "unheard_of", "severity": 4, "title": "x", "acts": ["a"]},
    ]
    told = in_words("items.map(one=>[N.sentenceOf(one),N.thingOf(one)])", items=items)
    assert [thing for _, thing in told] == [
        {"kind": "alert", "id": 4},
        {"kind": "shift"},
        {"kind": "case", "id": "C-1"},
        {"kind": "group", "street": "a", "class_code": "0502"},
        None,
    ]
    assert told[0][0] == "张三 提到你：积水"
    assert all(word in told[1][0] for word in ("李四", "3", "2"))
    assert "40" in told[3][0]
    assert told[4][0] == "x"
    assert not [sentence for sentence, _ in told if "{" in sentence]
    rows = [{"id": 1, "severity": 2, "seen": False}, {"id": 2, "severity": 1, "seen": True}, {"id": 3, "severity": 3, "seen": False}]
    [call] = run("N.callsOf(rows)", rows=rows)
    assert (call["key"], call["severity"]) == ("notice:1", 2)
    assert run(f"{HEAR}(steps)", steps=[([], 0), ([call], 5), ([call], 90)]) == [None, 2, None]


def test_a_refusal_is_said_in_the_readers_language_with_the_servers_words_after_it() -> None:
    given = [
        [422, "urn:yiping:problem:invalid", "'until' lies before now"],
        [403, "urn:yiping:problem:not_allowed", "only the asker"],
        [403, "", ""],
        [418, "urn:yiping:problem:tea", "no coffee"],
    ]
    told = in_words("given.map(([status,type,detail])=>C.explain(new C.Problem(status,{type,detail})))", given=given)
    assert told[0] == "内容有误，未保存（'until' lies before now）"
    assert told[1] == "您的岗位或辖区无此权限（only the asker）"
    assert told[2] == "您的岗位或辖区无此权限"
    assert told[3].endswith("（no coffee）")
    assert told[3].startswith("服务器")
