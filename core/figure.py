"""What a rule's limits are put against, and how sure it is."""

from datetime import timedelta
from typing import NamedTuple


class Figure(NamedTuple):
    """`value` in the unit of the rule's limits. `bound`: readings are missing and the truth may lie further out, never nearer.

    `share` 0 … 1: how much of what it is made of was measured. Of rules with several spans: whose `span` it is, what was
    `told` there and which `limits` that span has.
    """

    value: float
    bound: bool = False
    share: float = 1.0
    span: timedelta | None = None
    told: float | None = None
    limits: tuple[float, ...] = ()
