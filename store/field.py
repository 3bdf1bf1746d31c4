"""Where phones said they were when something was done: judged by `dispatch.plausible`, kept with every doubt, never dropped.

Decides nothing; what the configuration refuses is refused here, before anything is kept.
"""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from core.errors import Invalid
from core.field_config import FieldConfig
from core.model import Scope
from dispatch.plausible import Judged, Place, Said, judge, true_time
from store.acts import Act
from store.patrols import reads_place
from store.timescale import Connection, queries

# What the worker is told where a doubt refuses: what was found, and what would be right.
_REFUSED = {
    "no_position": "the phone told no position",
    "inaccurate": "the phone's position is too inaccurate",
    "far": "the phone is too far from the place",
    "too_fast": "nobody travels that fast from where this phone was last",
    "clock": "the phone's clock is wrong",
    "early": "it was done before the task was given",
}


def arrive(connection: Connection, number: str, act: Act, said: Said, config: FieldConfig) -> None:
    """Keep what a phone said with an act on a case. Raises `Invalid` for an arrival with a doubt that `config.refuse` names."""
    case = _case(connection, number)
    if case is None or act.scope.account_id is None or (act.act != "arrive" and said.lon is None):
        return  # a system that acts is nowhere; only an arrival says something by telling no place
    judged = _judge(connection, case, act, said, config)
    if act.act == "arrive":
        demand(judged, config)
    _put_down(connection, case, act, said, judged, None)


def photograph(connection: Connection, number: str, media_id: str, act: Act, said: Said, config: FieldConfig) -> None:
    """Keep where a picture or voice note of a case was made, as the camera or else the phone tells it."""
    case = _case(connection, number)
    if case is not None and act.scope.account_id is not None and (said.lon is not None or said.done_at is not None):
        judged = _judge(connection, case, act, said, config)
        if said.lon is not None or set(judged.doubts) - {"no_position"}:
            _put_down(connection, case, act, said, judged, media_id)


def demand(judged: Judged, config: FieldConfig) -> None:
    """Raises `Invalid` for a doubt that the configuration refuses."""
    refused = [_REFUSED[doubt] for doubt in judged.doubts if doubt in config.refuse]
    if refused:
        away = f" ({judged.distance_m:.0f} m away)" if judged.distance_m is not None and "far" in judged.doubts else ""
        raise Invalid(f"this arrival cannot be: {'; '.join(refused)}{away}")


def positions_of(connection: Connection, scope: Scope, number: str) -> list[dict[str, Any]]:
    """How far phones said they were from a case, in the order it came in; the reader must have been allowed to load the case.

    Where they were is for whoever may read tracks, and for oneself; to others `lon`, `lat` and `accuracy_m` are None.
    """
    rows = queries.field_positions_of_case(connection, case_number=number)
    hidden = dict.fromkeys(("lon", "lat", "accuracy_m"))
    return [row if reads_place(scope, row["account_id"]) else {**row, **hidden} for row in rows]


def forget_positions(connection: Connection, before: datetime) -> int:
    """Drop where phones were before a moment; what was done stays with the case."""
    return int(queries.field_positions_forget(connection, before=before))


def last_of(connection: Connection, account_id: int, said: Said, act: Act) -> Place | None:
    """Where somebody was at the known moment nearest to this one, within half a day."""
    done_at, _ = true_time(said, act.now)
    row = queries.field_position_last(connection, account_id=account_id, done_at=done_at)
    return Place(row["lon"], row["lat"], row["done_at"], row["accuracy_m"]) if row else None


def _case(connection: Connection, number: str) -> Mapping[str, Any] | None:
    row: dict[str, Any] | None = queries.field_case_place(connection, case_number=number)
    return {**row, "case_number": number} if row else None


def _judge(connection: Connection, case: Mapping[str, Any], act: Act, said: Said, config: FieldConfig) -> Judged:
    last = last_of(connection, act.scope.account_id or 0, said, act)
    since = case["since"] if act.act == "arrive" else case["opened_at"]
    return judge(said, Place(case["lon"], case["lat"], since), last, act.now, config)


def _put_down(connection: Connection, case: Mapping[str, Any], act: Act, said: Said, judged: Judged, media_id: str | None) -> None:
    told = {**asdict(said), **asdict(judged), "doubts": list(judged.doubts)}
    del told["sent_at"]
    queries.field_position_add(
        connection, account_id=act.scope.account_id, area=case["area"], act=act.act, case_number=case["case_number"], media_id=media_id,
        now=act.now, **told,
    )  # fmt: skip
