"""The replay over HTTP: what is recorded, the picture of a moment, what was told after it, what happened meanwhile, and the report of it.

Frames and takes hold all streets: the owner's login reads them, and each reader gets its own, as on the live stream.
"""

import gzip
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from api.call import Answer, Call, Param, read_params
from api.papers import answer_paper, texts
from api.recording import dump
from api.replaying import compose_moment, figures_at, read_moment, read_spans, read_steps
from core.errors import Invalid, NotFound
from dispatch.paper import to_plain
from dispatch.replay_paper import write_replay
from store import geography, incidents, live_rows, replay
from store.replay import Span
from store.timescale import Connection

MOMENT_PARAMS = (Param("at", "the moment, RFC 3339", "time"),)
STEP_PARAMS = (
    Param("after", "a sequence number: only what was told after it", "integer"),
    Param("until", "only what was told up to this moment", "time"),
    Param("step", "one delta for each so many seconds, 1s unless given", "duration"),
)
SPAN_PARAMS = (
    Param("from", "inclusive, RFC 3339", "time"),
    Param("to", "exclusive, RFC 3339; at most 31 days", "time"),
    Param("incident", "only what belongs to this incident", "integer"),
)
TIMELINE_PARAMS = (*SPAN_PARAMS, Param("severity", "of alerts only those raised at it or graver: 1 to 4", "integer"))
REPORT_PARAMS = (*SPAN_PARAMS, Param("lang", "zh (unless given) or en"))
_BUCKETS = 240
_LONGEST = timedelta(days=31)
_MILLISECOND = timedelta(milliseconds=1)
_PACKED_FROM = 4_096  # bytes


@contextmanager
def _recording(call: Call) -> Iterator[Connection]:
    """All streets, as they stand at one moment: between two reads a take is written and what it holds goes from the live table."""
    with call.deps.store.connection() as connection:
        live_rows.freeze(connection)
        yield connection


def get_reach(call: Call) -> Answer:
    """What can be shown: `spans` without a hole, oldest first; `still`: when the figures stood still; how long it is kept."""
    with _recording(call) as connection:
        spans, still = read_spans(connection), replay.read_still(connection)
    kept_s = call.config.retention.replay.total_seconds()
    shown = [pair for span in spans if (pair := _within(span))]
    return Answer({"at": call.now, "kept_s": kept_s, "spans": shown, "still": [[span.since, span.until] for span in still]})


def get_moment(call: Call) -> Answer:
    """The whole screen at a moment: a snapshot of before it, and the one delta that leads to it."""
    wanted = read_params(MOMENT_PARAMS, call.query)
    at: datetime = _demand(wanted, "at")
    with _recording(call) as connection:
        moment = read_moment(connection, at, call.scope, call.config)
    return _packed(call, compose_moment(moment, call.scope, "replay", call.config))


def list_deltas(call: Call) -> Answer:
    """What was told after a number, in steps; `until`: how far nothing is missing."""
    wanted = read_params(STEP_PARAMS, call.query)
    after, until = _demand(wanted, "after"), _demand(wanted, "until")
    if after < 0:
        raise Invalid("after: a sequence number")
    with _recording(call) as connection:
        steps, reach = read_steps(connection, after, until, wanted.get("step", timedelta(seconds=1)), call.scope, call.config)
    return _packed(call, dump({"deltas": steps, "until": reach}))


def get_timeline(call: Call) -> Answer:
    """What happened in a span, with the ids to go on from, and how much came when (`density`: epoch seconds, number, worst severity)."""
    wanted = read_params(TIMELINE_PARAMS, call.query)
    span, worst = _span(wanted), wanted.get("severity")
    if worst is not None and not 1 <= worst <= 4:
        raise Invalid("severity: from 1 (red) to 4 (blue)")
    bucket = timedelta(seconds=max(1, round((span.until - span.since).total_seconds() / _BUCKETS)))
    moments = replay.read_moments(call.connection, call.scope, span, incident=wanted.get("incident"), worst=worst)
    density = [[row["bucket"], row["n"], row["worst"]] for row in replay.read_density(call.connection, call.scope, span, bucket)]
    whole = len(moments) < replay.MOST_MOMENTS
    return Answer({"from": span.since, "to": span.until, "moments": moments, "whole": whole, "bucket_s": bucket.total_seconds(),
                   "density": density})  # fmt: skip


def get_report(call: Call) -> Answer:
    """The paper of a span: figures at both ends, and everything that happened between, made when it is asked for."""
    query = {name: value for name, value in call.query.items() if name != "lang"}
    facts = _facts(call, read_params(SPAN_PARAMS, query))
    papers = {name: to_plain(write_replay(facts, text, call.config.area.zone)) for name, text in texts().items()}
    lang = {name: value for name, value in call.query.items() if name == "lang"}
    answer = answer_paper(replace(call, query=lang), papers, call.now, f"replay-{facts['from']:%Y%m%d-%H%M}")
    return Answer(answer.body, headers={**answer.headers, "Cache-Control": "no-store"}, media_type=answer.media_type)


def _facts(call: Call, wanted: Mapping[str, Any]) -> dict[str, Any]:
    span, incident = _span(wanted), wanted.get("incident")
    about = incidents.get_incident(call.connection, call.scope, incident) if incident is not None else None
    moments = replay.read_moments(call.connection, call.scope, span, incident=incident)
    codes = {row["area"][:9] for row in moments}
    return {
        "from": span.since, "to": span.until, "made_at": call.now, "by": call.scope.name,
        "incident": {"id": about["id"], "title": about["title"], "severity": about["severity"]} if about else None,
        "before": _figures(call, span.since), "after": _figures(call, span.until),
        "moments": moments, "whole": len(moments) < replay.MOST_MOMENTS,
        "areas": {code: geography.area_name(call.connection, code) or code for code in sorted(codes)},
        **{mark: any(row[mark] for row in (*moments, *([about] if about else []))) for mark in ("drill", "simulated")},
    }  # fmt: skip


def _figures(call: Call, at: datetime) -> dict[str, Any] | None:
    """The figures of a moment; None where it was not recorded."""
    try:
        with _recording(call) as connection:
            return figures_at(read_moment(connection, at, call.scope, call.config), call.scope, call.config)
    except NotFound:
        return None


def _span(wanted: Mapping[str, Any]) -> Span:
    span = Span(_demand(wanted, "from"), _demand(wanted, "to"))
    if not timedelta(0) < span.until - span.since <= _LONGEST:
        raise Invalid(f"from, to: a span of at most {_LONGEST.days} days")
    return span


def _demand(wanted: Mapping[str, Any], name: str) -> Any:
    if name not in wanted:
        raise Invalid(f"{name} is missing")
    return wanted[name]


def _within(span: Span) -> list[datetime]:
    """Its ends in whole milliseconds, as browsers count, neither beyond what was recorded; empty for a span shorter than that."""
    since, until = (end.replace(microsecond=end.microsecond // 1000 * 1000) for end in (span.since, span.until))
    since = since if since == span.since else since + _MILLISECOND
    return [since, until] if since <= until else []


def _packed(call: Call, body: bytes) -> Answer:
    if len(body) < _PACKED_FROM or "gzip" not in call.headers.get("Accept-Encoding", ""):
        return Answer(body)
    return Answer(gzip.compress(body, 1), headers={"Content-Encoding": "gzip", "Vary": "Accept-Encoding"})
