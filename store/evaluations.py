"""Frozen period reports: issued with their formulas, weights and rows, listed, read again, drilled into. Never changed: a correction is a
new version that names the old one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from psycopg.types.json import Jsonb

from core.errors import IllegalAct, Invalid, NotAllowed, NotFound
from core.evaluation_config import IndicatorConfig
from core.model import Scope
from dispatch.indicators import Tally, merge, tell, work_out
from dispatch.periods import Period
from store import audit, indicators
from store.acts import Act
from store.indicators import NOBODY, Behind
from store.timescale import Connection, prefixes, queries

Formulas = Mapping[str, IndicatorConfig]
Labels = Mapping[str, tuple[str, str]]  # what classes are called, in Chinese and English
SPANS = ("period", "before", "year_before")  # whose rows a report keeps: its own period's, and of those it is compared with


class Said(Protocol):
    """What a table of figures is told with."""

    @property
    def formulas(self) -> Formulas: ...
    @property
    def labels(self) -> Labels: ...


@dataclass(frozen=True, slots=True)
class Issue:
    """What is to be frozen: a subject over an area and a period, with the periods it is compared with, by name."""

    subject: str
    area: str
    period: Period
    compared: Mapping[str, Period]
    formulas: Formulas
    labels: Labels
    why: str = ""


def issue(connection: Connection, wanted: Issue, act: Act) -> int:
    """Freeze a report; returns its id. Where one of this period stands already, `why` is asked for and it becomes the next version.

    Raises `NotAllowed` outside the scope, `Invalid` for a period that has not begun, `IllegalAct` without `why`.
    """
    if not act.scope.sees(wanted.area):
        raise NotAllowed(f"{wanted.area} is outside your area")
    if wanted.period.since > act.now:
        raise Invalid("this period has not begun")
    place = {"subject": wanted.subject, "area": wanted.area, "since": wanted.period.since, "until": wanted.period.until}
    queries.evaluations_queue(connection, **place)
    last = queries.evaluations_last(connection, **place)
    if last and not wanted.why:
        told = f"report {last['evaluation_id']} of this period stands already; say in `why` why it is issued again"
        raise IllegalAct("issue", "issued", (), told)
    version, replaces = (last["version"] + 1, last["evaluation_id"]) if last else (1, None)
    formulas = [tell(code, one) for code, one in wanted.formulas.items()]
    evaluation_id: int = queries.evaluations_add(
        connection, **place, kind=wanted.period.kind, label=wanted.period.label, version=version, replaces=replaces, why=wanted.why,
        now=act.now, issued_by=act.by, formulas=Jsonb(formulas),
    )["evaluation_id"]  # fmt: skip
    _freeze(connection, evaluation_id, wanted, act)
    audit.append(connection, act, "evaluation", evaluation_id, wanted.area, detail={"label": wanted.period.label, "version": version})
    return evaluation_id


def _freeze(connection: Connection, evaluation_id: int, wanted: Issue, act: Act) -> None:
    """Pack the rows of the period and of those it is compared with, then count every dimension from what was packed."""
    figures = _pack(connection, evaluation_id, wanted, SPANS[0], wanted.period, act)
    compared = {
        name: _pack(connection, evaluation_id, wanted, name, period, act)
        | {"label": period.label, "since": period.since.isoformat(), "until": period.until.isoformat()}
        for name, period in wanted.compared.items()
    }
    count = queries.evaluations_count_rows(connection, evaluation_id=evaluation_id)["n"]
    queries.evaluations_save(connection, evaluation_id=evaluation_id, figures=Jsonb(figures), compared=Jsonb(compared), row_count=count)


def _pack(connection: Connection, evaluation_id: int, wanted: Issue, span: str, period: Period, act: Act) -> dict[str, Any]:
    place = {"areas": prefixes(act.scope), "area": f"{wanted.area}%", "since": period.since, "until": period.until, "span": span}
    getattr(queries, f"evaluations_pack_{wanted.subject}")(connection, evaluation_id=evaluation_id, now=act.now, **place)
    return {
        by: table(connection, by, _counted(connection, evaluation_id, span, by, wanted.subject), wanted)
        for by in indicators.DIMENSIONS[wanted.subject]
    }


def _counted(connection: Connection, evaluation_id: int, span: str, by: str, subject: str) -> dict[str, list[Tally]]:
    return indicators.group(queries.evaluations_tally(connection, evaluation_id=evaluation_id, span=span, by=by), subject)


def table(connection: Connection, by: str, tallies: Mapping[str, Sequence[Tally]], said: Said) -> list[dict[str, Any]]:
    """Figures by key, with the names of the keys and how many rows there are; the total of nothing is a row, too."""
    groups = tallies if by != "total" else {"": merge(tallies.values())}
    called = indicators.names(connection, by, groups)
    if by in ("class", "class_big"):
        called = {**called, **said.labels}
    return [
        {
            "key": key, "name": called.get(key, (key if key != NOBODY else "", ""))[0], "name_en": called.get(key, ("", ""))[1],
            "n": sum(one.n for one in found),
            "figures": {code: figure.shape() for code, figure in work_out(said.formulas, found).items()},
        }
        for key, found in sorted(groups.items())
    ]  # fmt: skip


def list_evaluations(
    connection: Connection, scope: Scope, *, area: str, subject: str | None, kind: str | None, after: int, limit: int
) -> list[dict[str, Any]]:
    """Newest first, each with the figures of its total."""
    found = queries.evaluations_list(
        connection, areas=prefixes(scope), area=f"{area}%", subject=subject, kind=kind, after=after, limit=limit
    )
    return list(found)


def get_evaluation(connection: Connection, scope: Scope, evaluation_id: int) -> dict[str, Any]:
    """One report as it was frozen. Raises `NotFound`."""
    row: dict[str, Any] | None = queries.evaluations_get(connection, evaluation_id=evaluation_id, areas=prefixes(scope))
    if row is None:
        raise NotFound(f"no evaluation {evaluation_id}")
    return row


def list_rows(connection: Connection, report: Mapping[str, Any], behind: Behind, span: str = SPANS[0]) -> list[dict[str, Any]]:
    """The rows a frozen figure was computed from, with the names of that day, whatever became of them since."""
    rows = queries.evaluations_rows(connection, evaluation_id=report["id"], subject=report["subject"], span=span, **behind.columns())
    return indicators.shapes(list(rows), report["subject"], behind.rows, _names(report, span))


def _names(report: Mapping[str, Any], span: str) -> indicators.Names:
    """Every row was counted by every dimension, so that the tables of figures name whoever a row belongs to."""
    tables = report["figures"] if span == SPANS[0] else report["compared"].get(span, {})
    return {
        column: {row["key"]: row["name"] for by in dimensions for row in tables.get(by, ())}
        for column, dimensions in indicators.BELONGS.items()
    }


def tallies(connection: Connection, report: Mapping[str, Any], by: str, key: str | None, span: str = SPANS[0]) -> list[Tally]:
    """The frozen rows of one key of a dimension (None: all), counted by their sets."""
    groups = _counted(connection, report["id"], span, by, report["subject"])
    return groups.get(key, []) if key is not None else merge(groups.values())
