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
    """Pack the rows, then count every dimension from what was packed."""
    chosen = indicators.Chosen(wanted.subject, wanted.area)
    place = {"areas": prefixes(act.scope), "area": f"{wanted.area}%", "since": wanted.period.since, "until": wanted.period.until}
    getattr(queries, f"evaluations_pack_{wanted.subject}")(connection, evaluation_id=evaluation_id, now=act.now, **place)
    figures = {
        by: table(connection, by, _counted(connection, evaluation_id, by, wanted.subject), wanted)
        for by in indicators.DIMENSIONS[wanted.subject]
    }
    compared = {
        name: {
            by: table(connection, by, indicators.tally(connection, act.scope, chosen, period, by, act.now), wanted)
            for by in ("total", "unit")
        }
        | {"label": period.label, "since": period.since.isoformat(), "until": period.until.isoformat()}
        for name, period in wanted.compared.items()
    }
    count = queries.evaluations_count_rows(connection, evaluation_id=evaluation_id)["n"]
    queries.evaluations_save(connection, evaluation_id=evaluation_id, figures=Jsonb(figures), compared=Jsonb(compared), row_count=count)


def _counted(connection: Connection, evaluation_id: int, by: str, subject: str) -> dict[str, list[Tally]]:
    return indicators.group(queries.evaluations_tally(connection, evaluation_id=evaluation_id, by=by), subject)


def table(connection: Connection, by: str, tallies: Mapping[str, Sequence[Tally]], said: Said) -> list[dict[str, Any]]:
    """Figures by key, with the names of the keys; the total of nothing is a row, too."""
    groups = tallies if by != "total" else {"": merge(tallies.values())}
    called = indicators.names(connection, by, groups)
    if by in ("class", "class_big"):
        called = {**called, **said.labels}
    return [
        {
            "key": key, "name": called.get(key, (key if key != NOBODY else "", ""))[0], "name_en": called.get(key, ("", ""))[1],
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


def list_rows(connection: Connection, report: Mapping[str, Any], behind: Behind) -> list[dict[str, Any]]:
    """The rows a frozen figure was computed from, whatever became of them since."""
    rows = queries.evaluations_rows(connection, evaluation_id=report["id"], subject=report["subject"], **behind.columns())
    return indicators.shapes(connection, list(rows), report["subject"], behind.rows)


def tallies(connection: Connection, report: Mapping[str, Any], by: str, key: str | None) -> list[Tally]:
    """The frozen rows of one key of a dimension (None: all), counted by their sets."""
    groups = _counted(connection, report["id"], by, report["subject"])
    return groups.get(key, []) if key is not None else merge(groups.values())
