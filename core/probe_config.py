"""Settings of the proof of the path, and the names it goes by. Decides nothing."""

from datetime import timedelta

from pydantic import Field, field_validator

from core.setting import Duration, Part

DEVICE, METRIC = "yiping-probe", "probe"  # reserved: in no count, no list, no figure


class ProbeConfig(Part):
    """A synthetic reading goes all the way, wire → rule → screen → notification, `every` so long; through `within`, or it failed.

    `every` 0s: never. It needs a rule of the kind `threshold` that looks at the metric `probe`; one of the kind `no_proof` rings when
    proofs fail.
    """

    every: Duration = timedelta(0)
    within: Duration = Field(timedelta(seconds=20))

    @field_validator("every")
    @classmethod
    def _never_more_than_once_a_second(cls, every: timedelta) -> timedelta:
        if timedelta(0) < every < timedelta(seconds=1):
            raise ValueError("a proof takes seconds: not more often than each second")
        return every
