"""Settings of escalation: who is told when nobody answers, and until when somebody is to. Decides how a policy and a target are written.

Which steps of it are due is `dispatch.escalation`'s; who a role is at the moment of telling is found when the message leaves.
"""

import re
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from core.setting import ClassCode, Domain, Duration, Part

SCREEN = "screen"  # the channel of a target that names none: a notice on the desks of its people
_TARGET = re.compile(r"(?:([a-z][a-z0-9-]*)/)?(?:(role|roster):([a-z_]+)(?:@(area|\d{4,12}))?|account:([\w.-]+)|(all))")
ROLES = ("leader", "duty", "supervisor", "dispatcher", "handler", "grid_worker", "admin", "security_admin", "auditor")
Answer = Literal["acknowledge", "take", "confirm", "return"]


def _target(value: object) -> object:
    """`role:duty`, `role:supervisor@area`, `roster:duty`, `account:wang`, each perhaps behind a channel: `sms/role:leader`, `bot/all`."""
    if isinstance(value, str):
        match = _TARGET.fullmatch(value)
        if not match:
            raise ValueError(
                f"'{value}' is no target; write role:duty, role:supervisor@area, roster:duty, account:NAME or CHANNEL/role:leader"
            )
        if match[3] and match[3] not in ROLES:
            raise ValueError(f"no role is called '{match[3]}'; there are {', '.join(ROLES)}")
        if match[6] and not match[1]:
            raise ValueError("'all' is for a channel that knows its own people: CHANNEL/all")
    return value


Target = Annotated[str, BeforeValidator(_target)]


def channel_of(target: str) -> str:
    """The channel a target is told through."""
    return target.partition("/")[0] if "/" in target else SCREEN


def role_of(target: str) -> str | None:
    """The role a target names."""
    match = _TARGET.fullmatch(target)
    return match[3] if match else None


class EscalationStep(Part):
    """Whom to tell when `after` so long nobody answered; then `repeat` times more, `every` so long."""

    after: Duration
    targets: tuple[Target, ...] = Field(min_length=1)
    repeat: int = Field(0, ge=0, le=50)
    every: Duration | None = None

    @model_validator(mode="after")
    def _repeats_at_some_pace(self) -> "EscalationStep":
        if self.repeat and (self.every is None or self.every.total_seconds() < 1):
            raise ValueError("'repeat' needs 'every', of a second at least")
        return self


class EscalationPolicy(Part):
    """Of alerts and incidents that all it names fit; what is not named fits all, and the first policy that fits holds.

    `respond_within`: until then somebody is to acknowledge. `stop_on`: what of an answer ends the telling; what is closed always does.
    """

    severities: tuple[Annotated[int, Field(ge=1, le=5)], ...] = ()
    classes: tuple[ClassCode, ...] = ()
    domains: tuple[Domain, ...] = ()
    areas: tuple[str, ...] = ()  # codes and what lies in them
    respond_within: Duration | None = None
    stop_on: tuple[Answer, ...] = ("acknowledge",)
    steps: tuple[EscalationStep, ...] = ()
