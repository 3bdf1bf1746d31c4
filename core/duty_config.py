"""Settings of the people at the desk: how long a shift lasts, and which acts take two of them.

Decides which act needs a second person; who that may be is `dispatch.approvals`.
"""

from datetime import timedelta
from typing import Literal

from pydantic import Field

from core.setting import Duration, Part

TwoPersonAct = Literal["dismiss", "close", "judge", "shelve", "remove"]


class TwoPersonConfig(Part):
    """Acts that one officer asks for and another agrees to. No `severities`: none does. `judge`: as false alarm or test."""

    severities: tuple[Literal[1, 2, 3, 4, 5], ...] = ()
    acts: tuple[TwoPersonAct, ...] = ("dismiss", "close", "judge", "shelve", "remove")
    expires: Duration = timedelta(minutes=30)

    def asks(self, act: str, severity: int, verdict: object = None) -> bool:
        """Whether this act on something this grave waits for a second person."""
        return severity in self.severities and act in self.acts and not (act == "judge" and verdict == "real")

    def grave_of(self, graver: int | None, milder: int | None) -> tuple[int, ...]:
        """Of the severities from `graver` (None: red) to `milder` (None: notices) those that take two people to shelve."""
        return tuple(one for one in sorted(self.severities) if (graver or 1) <= one <= (milder or 5)) if "shelve" in self.acts else ()


class DutyConfig(Part):
    """The desk. After `shift_hours` a shift ends by itself, and with it what was acknowledged in it and handed to nobody."""

    shift_hours: float = Field(12, gt=0, le=48)
    two_person: TwoPersonConfig = TwoPersonConfig()

    @property
    def shift_for(self) -> timedelta:
        """The longest a shift lasts."""
        return timedelta(hours=self.shift_hours)
