"""Settings of storm mode: what a desk can take, and when the screens give summaries instead of rows."""

from datetime import timedelta
from typing import Self

from pydantic import Field, model_validator

from core.setting import Duration, Part


class StormStep(Part):
    """A group of an area and class with this many open signals is as severe as this, and its supervisor is told."""

    count: int = Field(ge=2)
    severity: int = Field(ge=1, le=5)


class StormConfig(Part):
    """A storm begins when more work arrives in `within` than `per_officer` for each officer on shift (at least `officers`); it is over
    when less than `leave` of that arrived, for `calm`. 10 in 10 minutes is ISA-18.2's flood; `stale`, `chatter` and `chatter_within`
    are its figures too."""

    per_officer: int = Field(10, ge=1)
    within: Duration = timedelta(minutes=10)
    officers: int = Field(2, ge=1)
    leave: float = Field(0.5, gt=0, lt=1)
    calm: Duration = timedelta(minutes=5)
    steps: tuple[StormStep, ...] = (StormStep(count=20, severity=2), StormStep(count=50, severity=1))
    stale: Duration = timedelta(hours=24)
    chatter: int = Field(3, ge=2)
    chatter_within: Duration = timedelta(minutes=1)

    @model_validator(mode="after")
    def _steps_go_up(self) -> Self:
        for mild, grave in zip(self.steps, self.steps[1:], strict=False):
            if grave.count <= mild.count or grave.severity >= mild.severity:
                raise ValueError("steps go from few to many, each of a more severe colour (a smaller number)")
        return self
