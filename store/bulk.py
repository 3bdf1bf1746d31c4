"""One act on many alerts, a transaction each: what can be done is done, what cannot says why, and nobody waits for all of them."""

from collections.abc import Mapping
from typing import Any

from core.duty_config import TwoPersonConfig
from core.errors import StoreUnavailable, YipingError
from store import alerts, approvals
from store.acts import Act
from store.timescale import Connection, part

MOST = 500


def act_on_alerts(
    connection: Connection, acts: Mapping[int, Act], two: TwoPersonConfig
) -> tuple[list[int], list[dict[str, Any]], list[tuple[int, YipingError]]]:
    """`acts` by alert → the ids done, the approvals now waited for, and the errors of the others; `connection` is a scoped one.

    Raises `StoreUnavailable` when the database leaves: what was done until then stands.
    """
    done: list[int] = []
    waiting: list[dict[str, Any]] = []
    refused: list[tuple[int, YipingError]] = []
    for alert_id, act in acts.items():
        try:
            with part(connection, act.scope):
                asked = approvals.ask(connection, "alert", alert_id, act, two)
                if asked is None:
                    alerts.act_on_alert(connection, alert_id, act)
        except StoreUnavailable:
            raise
        except YipingError as error:
            refused.append((alert_id, error))
        else:
            waiting.append(asked) if asked else done.append(alert_id)
    return done, waiting, refused
