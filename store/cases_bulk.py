"""Acts on cases as people ask for them, one or many: 督办 is an order of its own, everything else the table's act.

Of many each has its own transaction: what can be done is done, what cannot says why.
"""

from collections.abc import Mapping

from core.config import Config
from core.errors import StoreUnavailable, YipingError
from store import orders
from store.acts import Act
from store.cases import act_on_case
from store.timescale import Connection, part

MOST = 200


def act_or_order(connection: Connection, number: str, act: Act, config: Config) -> None:
    """One act; `expedite` issues an order, due at `act.extra["until"]` or after the city's term. Raises as the two do."""
    if act.act == "expedite":
        orders.issue(connection, number, act, act.extra.get("until") or act.now + config.ledgers.order_for, config)
    else:
        act_on_case(connection, number, act, config)


def act_on_cases(connection: Connection, acts: Mapping[str, Act], config: Config) -> tuple[list[str], list[tuple[str, YipingError]]]:
    """`acts` by case number → the numbers done and the errors of the others; `connection` is a scoped one.

    Raises `StoreUnavailable` when the database leaves: what was done until then stands.
    """
    done: list[str] = []
    refused: list[tuple[str, YipingError]] = []
    for number, act in acts.items():
        try:
            with part(connection, act.scope):
                act_or_order(connection, number, act, config)
        except StoreUnavailable:
            raise
        except YipingError as error:
            refused.append((number, error))
        else:
            done.append(number)
    return done, refused
