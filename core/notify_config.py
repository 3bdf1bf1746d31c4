"""Settings of telling people: the ways out of the house, and how many messages somebody gets in a minute. Decides no target.

Addresses and secrets stand in the environment: `YIPING_NOTIFY_URL_` and `YIPING_NOTIFY_SECRET_` and a channel's name in capitals.
"""

from datetime import timedelta
from typing import Literal

from pydantic import Field, field_validator

from core.escalation_config import SCREEN
from core.setting import Duration, Part

PROBE = "probe"  # the channel that proves the path (docs/operations.md)
RESERVED = (SCREEN, PROBE)


class ChannelConfig(Part):
    """A way out: `webhook` posts signed JSON to a gateway (SMS, government messenger …), `log` only writes that it would have.

    Drills and simulated things leave the house only where the channel says so; on a desk they are marked.
    """

    kind: Literal["webhook", "log"]
    label: str
    label_en: str
    timeout: Duration = timedelta(seconds=5)
    drill: bool = False
    simulated: bool = False


class NotifyConfig(Part):
    """More than `a_minute` messages to the same people in a minute become one summary that names all of them.

    A message that could not be delivered is tried again, later and later, and given up after `attempts`.
    """

    channels: dict[str, ChannelConfig] = {}
    a_minute: int = Field(10, ge=2, le=1000)
    attempts: int = Field(30, ge=1, le=1000)

    @field_validator("channels")
    @classmethod
    def _takes_no_reserved_name(cls, channels: dict[str, ChannelConfig]) -> dict[str, ChannelConfig]:
        if taken := [name for name in RESERVED if name in channels]:
            raise ValueError(f"'{taken[0]}' is a channel of the house: take another name")
        return channels
