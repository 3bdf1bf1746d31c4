"""Settings of suppression: whom a silence or an inhibition means, and for how long somebody may silence.

Decides how these are written; `alerts.suppress` gives them their meaning.
"""

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from core.names import patterns
from core.setting import ClassCode, Domain, Duration, Part

Word = Annotated[str, Field(min_length=1, max_length=200)]
Words = Annotated[tuple[Word, ...], Field(max_length=200)]
Shared = Literal["area", "street", "cell", "duty_grid", "gateway", "device", "incident"]


class Matcher(Part):
    """Which alerts are meant: those that all of the named parts fit; of a list one entry suffices, what is not named fits all."""

    rules: Words = ()  # names
    areas: tuple[Annotated[str, Field(pattern=r"^\d{4,12}$")], ...] = Field((), max_length=200)  # codes and what lies in them
    cells: Words = ()  # cell codes
    classes: tuple[ClassCode, ...] = Field((), max_length=200)
    domains: tuple[Domain, ...] = ()
    kinds: Words = ()  # of the registry: 水位计
    devices: Annotated[Words, AfterValidator(patterns)] = ()  # names; `*` stands for any letters
    gateways: Words = ()  # a gateway and what speaks through it
    tags: Words = ()
    severity_at_most: int | None = Field(None, ge=1, le=5)  # this number or a smaller one: this grave or graver
    severity_at_least: int | None = Field(None, ge=1, le=5)  # this number or a larger one: this mild or milder

    @property
    def says_nothing(self) -> bool:
        return self == Matcher()

    @property
    def means_everything(self) -> bool:
        """Whatever rings in its areas: only a place and a severity are named, and `*` names nobody."""
        return not (
            self.rules or self.cells or self.classes or self.domains or self.kinds or self.gateways or self.tags
            or any(pattern.strip("*") for pattern in self.devices)
        )  # fmt: skip


class InhibitionConfig(Part):
    """While a `source` rings and somebody is told of it, nobody is told of the `target`s that share with it all that `same` names.

    `area`: the target lies in the source's area; `gateway`: the source is the gateway through which the target's device speaks.
    """

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$", max_length=60)]
    source: Matcher
    target: Matcher
    same: tuple[Shared, ...] = Field(min_length=1)
    reason: str = Field(min_length=1)


class SilencesConfig(Part):
    """For how long at most somebody may silence, and how far ahead a window may begin."""

    silence_at_most: Duration = timedelta(days=7)
    maintenance_at_most: Duration = timedelta(days=30)
    ahead_at_most: Duration = timedelta(days=90)
