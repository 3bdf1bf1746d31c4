"""Settings of the closed loop: how often a case may be extended or suspended, and where the unit's feedback comes before the check.

Decides limits only; who agrees to what is `dispatch.adjustments`.
"""

from datetime import timedelta
from typing import Annotated

from pydantic import Field

from core.setting import Duration, Part

_ClassPrefix = Annotated[str, Field(pattern=r"^\d{2,6}$")]


class CasesConfig(Part):
    """At most so many agreed extensions and suspensions of a case. `feedback`: classes, or their beginnings, that take the unit's word."""

    extensions: int = Field(2, ge=0, le=9)
    suspensions: int = Field(1, ge=0, le=9)
    suspended_at_most: Duration = timedelta(days=365)
    feedback: tuple[_ClassPrefix, ...] = ()
