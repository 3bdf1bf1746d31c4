"""Settings of the phones in the field: when a position or a time they tell is doubted, and which doubts refuse what they tell.

What is doubted decides `dispatch.plausible`; a doubt that refuses nothing is kept, marked and shown.
"""

from datetime import timedelta
from typing import Literal, get_args

from pydantic import Field

from core.setting import Duration, Part

Doubt = Literal["no_position", "inaccurate", "far", "too_fast", "clock", "early"]
DOUBTS: tuple[str, ...] = get_args(Doubt)


class FieldConfig(Part):
    """Phones in the field. `refuse` names the doubts that refuse an arrival; the others are kept with it and shown beside it."""

    within_m: float = Field(300, gt=0, le=100_000)
    accuracy_m: float = Field(500, gt=0, le=100_000)
    fastest_kmh: float = Field(120, gt=0, le=1_000)
    clock_within: Duration = timedelta(minutes=5)
    refuse: tuple[Doubt, ...] = ()
    voice_seconds: int = Field(60, ge=5, le=300)
