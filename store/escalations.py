"""Telling people of alerts and incidents that nobody answers: reads what is due, writes the mark and the message in one transaction.

Which step is due is `dispatch.escalation`'s; the message leaves by `store.outbox`. An alert inside an incident is told of by its incident.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from psycopg.types.json import Jsonb

from core.escalation_config import EscalationPolicy, EscalationStep
from dispatch import escalation
from dispatch.escalation import Judgement, Step, Told
from store.acts import Act, logged
from store.timescale import Connection, Store, queries, sql

Policies = Mapping[str, EscalationPolicy]
AT_ONCE = 200
MOST_A_SWEEP = 4_000  # then others have their turn
_SETTLES = timedelta(seconds=2)  # an alert that finds its incident within this is told of by it alone
_BY_HAND = -1  # the number of the step that stands in no policy
PROBE = EscalationPolicy(steps=(EscalationStep(after=timedelta(0), targets=("probe/all",)),))
_NOTHING = EscalationPolicy()
_ENDED = {"alert": frozenset({"normal"}), "incident": frozenset({"closed", "dismissed"})}
_SPEAKS = frozenset({"open", "confirmed"})  # in these stages an incident speaks for its parts, as in the queue
_AllTold = Mapping[tuple[str, int, int], Mapping[str, frozenset[Told]]]  # by noun, id and call: of each policy


@dataclass(frozen=True, slots=True)
class _Case:
    """One row to look at with all that is known of it."""

    noun: str
    row: Mapping[str, Any]
    thing: Mapping[str, Any]
    policy_name: str | None
    policy: EscalationPolicy
    since: datetime
    call: int
    stopped: bool
    told: frozenset[Told]  # in this call, under this policy
    told_before: bool  # in this call, under another one
    passed_to: datetime | None

    @property
    def anew(self) -> bool:
        """People are called again: the term and the hold of the call before do not count."""
        return bool(self.call != self.row["judged_call"])

    @property
    def was_quiet(self) -> bool:
        return bool(self.row["quiet"] and not self.anew)


def keep_terms(connection: Connection, policies: Policies) -> None:
    """The database knows the terms of these policies, so that each alert is raised with its own."""
    wanted = [
        {
            "place": place, "severities": list(policy.severities), "classes": list(policy.classes), "domains": list(policy.domains),
            "areas": [f"{area}%" for area in policy.areas], "respond_within": policy.respond_within,
        }
        for place, policy in enumerate(policies.values())
    ]  # fmt: skip
    if wanted != list(queries.escalations_terms(connection)):
        queries.escalations_drop_terms(connection)
        with connection.cursor() as cursor:
            cursor.executemany(sql("escalations_add_terms"), wanted)


def sweep(store: Store, policies: Policies, now: datetime) -> int:
    """All that is due, up to a bound, a transaction a portion: nobody waits longer for a row. Returns how many were looked at."""
    looked = 0
    while looked < MOST_A_SWEEP:
        with store.connection() as connection:
            portion = sweep_due(connection, policies, now)
        looked += portion
        if not portion:
            break
    return looked


def sweep_due(connection: Connection, policies: Policies, now: datetime, most: int = AT_ONCE) -> int:
    """Look at what is due, a portion; returns how many were looked at."""
    rows = list(queries.escalations_due(connection, now=now, most=most))
    if not rows:
        return 0
    told = _read_told(connection, rows)
    messages: list[dict[str, Any]] = []
    looked: list[dict[str, Any]] = []
    for noun, read in (("alert", queries.escalations_alerts), ("incident", queries.escalations_incidents)):
        mine = {row["id"]: row for row in rows if row["noun"] == noun}
        cases = [_case(noun, mine[thing["id"]], thing, policies, told, now) for thing in read(connection, ids=list(mine))] if mine else []
        terms = {case.thing["id"]: _term(case, now) for case in cases}
        _write_terms(connection, noun, cases, terms, now)
        for case in cases:
            judged = _judge(case, now)
            looked.append(_looked(case, judged, terms[case.thing["id"]], now))
            messages += _asked(case, judged, now)
            messages += [line for step in judged.tell for line in _messages(case, step, "hold" if case.was_quiet else "due", now)]
    with connection.cursor() as cursor:
        cursor.executemany(sql("escalations_looked"), looked)
        cursor.executemany(sql("escalations_tell"), messages)
    silent = [case.thing["id"] for case in cases if case.thing["stage"] not in _SPEAKS]  # the incidents came last
    if silent:
        queries.escalations_wake_parts(connection, ids=silent, now=now, again_at=now + _SETTLES)
    return len(looked)


def escalate_now(connection: Connection, noun: str, row: Mapping[str, Any], act: Act) -> None:
    """Somebody wants the next step told at once; the leader's next sweep does, whatever is held. Where no step is left: the supervisors.

    `row` is the locked alert or incident. The steps that follow keep their moments.
    """
    queries.escalations_ask(connection, noun=noun, id=row[f"{noun}_id"], now=act.now, by=act.by, note=act.note)


def read_steps(connection: Connection, policies: Policies, noun: str, thing: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """What was told of an alert or incident, newest last, and what is due if nobody answers. `thing` is its shape (id, severity, stage …).

    {"policy", "call", "quiet": nobody is told now, "told": [{call, policy, step, round, target, due_at, told_at, why, by,
    sent_at, failed_at}], "due": [{step, round, targets, at}]}.
    """
    state = queries.escalations_read(connection, noun=noun, id=thing["id"])
    told = list(queries.escalations_read_steps(connection, noun=noun, id=thing["id"]))
    chosen = escalation.choose(policies, thing["severity"], thing.get("class_code"), thing.get("domain"), thing["area"])
    found: dict[str, Any] = {
        "policy": chosen[0] if chosen else None,
        "call": state["call"] if state else 0,
        "told": told,
        "due": [],
        "quiet": True,
    }
    if state is None or chosen is None or thing["stage"] in _ENDED[noun] or thing["stage"] == "acked":
        return found
    mine = frozenset(
        (one["step"], one["round"], one["target"]) for one in told if (one["call"], one["policy"]) == (state["call"], chosen[0])
    )
    ahead = [step for step in escalation.schedule(chosen[1], state["since"]) if step.at > now and not escalation.is_told(step, mine)]
    due = [{"step": step.step, "round": step.round, "targets": list(step.targets), "at": step.at} for step in ahead]
    return {**found, "due": due, "quiet": state["quiet"]}


def forget(connection: Connection, before: datetime) -> int:
    """Drop the clocks of what ended before; what was told stays as long as its alert."""
    return int(queries.escalations_forget(connection, before=before))


def _read_told(connection: Connection, rows: Iterable[Mapping[str, Any]]) -> _AllTold:
    pairs = [(row["noun"], row["id"]) for row in rows]
    found: dict[tuple[str, int, int], dict[str, frozenset[Told]]] = {}
    for row in queries.escalations_told(connection, nouns=[noun for noun, _ in pairs], ids=[key for _, key in pairs]):
        of_call = found.setdefault((row["noun"], row["id"], row["call"]), {})
        of_call[row["policy"]] = of_call.get(row["policy"], frozenset()) | {(row["step"], row["round"], row["target"])}
    return found


def _case(noun: str, row: Mapping[str, Any], thing: Mapping[str, Any], policies: Policies, told: _AllTold, now: datetime) -> _Case:
    """What is to be judged. An incident that became graver after it was acknowledged calls its people anew; an alert did so by itself."""
    chosen = escalation.choose(policies, thing["severity"], thing["class_code"], thing["domain"], thing["area"])
    name, policy = ("probe", PROBE) if thing["probe"] else chosen or (None, _NOTHING)
    answered, graver, since, call = thing["answered_at"], row["graver_at"], row["since"], row["call"]
    if noun == "incident" and answered is not None and graver is not None and since <= answered < graver:
        since, call = graver, call + 1
    acknowledged = answered is not None and (noun == "alert" or answered >= since)
    stages = {"confirm": thing["stage"] in ("confirmed", "handling"), "return": thing["stage"] == "rtn_unack"}
    answers = {"acknowledge": acknowledged, "take": thing["owner_id"] is not None, **stages}
    stopped = thing["stage"] in _ENDED[noun] or any(answers[word] for word in policy.stop_on)
    of_call = told.get((noun, thing["id"], call), {})
    before = any(known != (name or "") for known in of_call)
    passed_to = _passed_to(row, name, before, now)
    return _Case(noun, row, thing, name, policy, since, call, stopped, of_call.get(name or "", frozenset()), before, passed_to)


def _passed_to(row: Mapping[str, Any], policy: str | None, told_before: bool, now: datetime) -> datetime | None:
    """What fell due until then is settled. Graver than it was: nothing is. Under another policy that is no graver: all that lies behind,
    if anybody was told at all."""
    if row["worse"]:
        return None
    changed = row["policy"] is not None and row["policy"] != policy
    return now if changed and told_before else row["passed_to"]


def _term(case: _Case, now: datetime) -> tuple[datetime | None, datetime | None]:
    """Until when somebody is to respond, and when it was seen that nobody had. A hold changes neither."""
    thing, row = case.thing, case.row
    if thing["probe"]:
        return None, None
    if case.stopped and thing["answered_at"] is None:
        return thing["respond_by"], thing["overdue_at"]
    began = max(case.since, row["graver_at"] or case.since)
    standing, overdue = (None, None) if case.anew else (thing["respond_by"], thing["overdue_at"])
    respond_by = escalation.term(case.policy, began, standing)
    answered_at = thing["answered_at"] if thing["answered_at"] is not None and thing["answered_at"] >= case.since else None
    is_late = respond_by is not None and respond_by <= now and (answered_at is None or answered_at > respond_by)
    return respond_by, overdue or (now if is_late else None)


def _judge(case: _Case, now: datetime) -> Judgement:
    if case.stopped:
        return Judgement(passed_to=case.passed_to)
    thing = case.thing
    inside = thing["inside"]
    if case.noun == "alert" and not inside and not thing["probe"] and now < thing["began_at"] + _SETTLES:
        return Judgement(passed_to=case.passed_to, look_at=thing["began_at"] + _SETTLES)
    return escalation.judge(
        case.policy, case.since, case.told, held=thing["held"] or inside, was_held=case.was_quiet, passed_to=case.passed_to, now=now
    )


def _looked(case: _Case, judged: Judgement, terms: tuple[datetime | None, datetime | None], now: datetime) -> dict[str, Any]:
    respond_by, overdue_at = terms
    moments = [judged.look_at] if judged.look_at else []
    if respond_by is not None and overdue_at is None and not case.stopped and respond_by > now:
        moments.append(respond_by)
    quiet = case.stopped or bool(case.thing["held"] or case.thing["inside"])
    return {
        "noun": case.noun, "id": case.thing["id"], "look_at": min(moments, default=None), "quiet": quiet, "inside": case.thing["inside"],
        "passed_to": judged.passed_to, "policy": case.policy_name, "since": case.since, "call": case.call,
    }  # fmt: skip


def _write_terms(
    connection: Connection, noun: str, cases: list[_Case], terms: Mapping[int, tuple[datetime | None, datetime | None]], now: datetime
) -> None:
    """Only what changed; the version stays: nobody's act is stale because a term ran out."""
    moved = [case.thing["id"] for case in cases if terms[case.thing["id"]] != (case.thing["respond_by"], case.thing["overdue_at"])]
    if moved:
        write = queries.escalations_terms_of_alerts if noun == "alert" else queries.escalations_terms_of_incidents
        with logged(connection, noun, moved, now):
            write(connection, ids=moved, terms=[terms[key][0] for key in moved], overdues=[terms[key][1] for key in moved])


def _asked(case: _Case, judged: Judgement, now: datetime) -> list[dict[str, Any]]:
    """What a person asked for, unless it is due by itself just now."""
    if case.row["hand_at"] is None or judged.tell or case.thing["stage"] in _ENDED[case.noun]:
        return []
    step = escalation.next_step(case.policy, case.since, case.told, case.passed_to)
    if step is None:
        again = sum(number == _BY_HAND for number, _, _ in case.told)
        step = Step(_BY_HAND, again, now, ("role:supervisor@area",))
    return _messages(case, step, "hand", now)


def _messages(case: _Case, step: Step, why: str, now: datetime) -> list[dict[str, Any]]:
    """One message a target; it says so when a milder word was told before.

    `…@area` names the place of what happened, so that it finds its people when it leaves.
    """
    thing, key = case.thing, case.thing["id"]
    shown = {name: thing[name] for name in ("title", "severity", "class_code", "area", "drill", "simulated", "probe")}
    told = {"step": step.step, "round": step.round, "why": why}
    payload = {"noun": case.noun, "id": key, **shown, **told, "policy": case.policy_name, "began_at": case.row["since"].isoformat()}
    policy, word = case.policy_name or "", "worsened" if case.told_before and case.row["worse"] else "escalated"
    by = case.row["hand_by"] if why == "hand" else None
    payload |= {"by": by, "note": case.row["hand_note"]} if by else {}
    return [
        {
            "noun": case.noun, "id": key, "call": case.call, "policy": policy, **told, "target": target, "due_at": step.at, "now": now,
            "by": by, "told_to": target.replace("@area", f"@{thing['area']}"),
            "template": f"{case.noun}_{word}", "payload": Jsonb(payload), "severity": thing["severity"],
            "dedupe_key": f"escalation/{case.noun}/{key}/{case.call}/{policy}/{step.step}/{step.round}/{target}",
        }
        for target in step.targets
    ]  # fmt: skip
