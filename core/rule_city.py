"""Settings of rules that need more than one subject: how many, in a cluster, all at once, missing, figures of a standard.

Decides what such a rule must say of itself; `alerts.city` gives it its meaning.
"""

import re
from collections.abc import Iterator
from datetime import time, timedelta
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from core.model import Channel
from core.rule_parts import Level, RulePart, ScopedRule
from core.setting import ClassCode, Duration, Part

PlaceKind = Literal["cell", "duty_grid", "community", "street", "district"]
Figure = Literal[
    "aqi_hour", "aqi_day", "aqi_hour_area", "aqi_day_area", "water_class_hour", "water_class_day", "water_target_hour", "water_target_day",
    "noise_hour", "rain_1h", "rain_3h", "rain_6h", "rain_12h", "rain_24h", "river_state", "permit_hour", "permit_day", "dust_hour",
    "dust_day", "rain_signal_area", "wind_signal_area", "heat_signal_area",
]  # fmt: skip
_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d(:00)?")


def _clock(value: object) -> object:
    if isinstance(value, str) and not _CLOCK.fullmatch(value):
        raise ValueError(f"'{value}' is no time of day; write 09:30")
    return time.fromisoformat(value) if isinstance(value, str) else value


Clock = Annotated[time, BeforeValidator(_clock)]


class CountLevel(Part):
    """So many ask for `severity`; passed until there are fewer than `clear`."""

    severity: int = Field(ge=1, le=5)
    at_least: int = Field(ge=1)
    clear: int | None = Field(None, ge=1)  # `at_least` unless given
    label: str = ""
    label_en: str = ""


class AtLeast(Level):
    """A limit of a figure that counts: passed by `above` itself, calm below `clear`."""

    def is_beyond(self, figure: float) -> bool:
        return figure >= self.limit

    def is_calm(self, figure: float) -> bool:
        return figure < (self.limit if self.clear is None else self.clear)


class SelectingRule(RulePart):
    """Of alerts and reports: those of the classes, that came by one of the channels or of one of the rules. What is not named fits all.

    An alert of a device has the channel `sensor`, one that a report raised that of the report.
    """

    classes: tuple[ClassCode, ...] = ()
    channels: tuple[Channel, ...] = ()
    rules: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()  # codes and what lies in them

    @model_validator(mode="after")
    def _selects_something(self) -> "SelectingRule":
        if not (self.classes or self.channels or self.rules):
            raise ValueError("needs 'classes', 'channels' or 'rules': what is it to count?")
        return self


class CountingRule(SelectingRule):
    """So many within a span: one limit (`at_least`, `clear`, `severity`), or several as `levels`, mildest first."""

    within: Duration
    severity: int | None = Field(None, ge=1, le=5)
    at_least: int | None = Field(None, ge=1)
    clear: int | None = Field(None, ge=1)
    levels: tuple[CountLevel, ...] = ()

    @model_validator(mode="after")
    def _says_its_limits_once(self) -> "CountingRule":
        for problem in self._faults():
            raise ValueError(problem)
        return self

    def _faults(self) -> Iterator[str]:
        alone = [name for name in ("severity", "at_least", "clear") if getattr(self, name) is not None]
        if self.levels and alone:
            yield f"'levels' says it all: take away {', '.join(alone)}"
        if not self.levels and (self.severity is None or self.at_least is None):
            yield "needs 'severity' and 'at_least', or 'levels'"
        for one in self.counts:
            if one.clear is not None and one.clear > one.at_least:
                yield f"'clear' ({one.clear}) must not be more than 'at_least' ({one.at_least})"
        for mild, grave in zip(self.counts, self.counts[1:], strict=False):
            if grave.severity >= mild.severity or grave.at_least <= mild.at_least:
                yield "levels go from the mildest to the gravest: each of more, and of a more severe colour (a smaller number)"

    @property
    def counts(self) -> tuple[CountLevel, ...]:
        """All limits, the mildest first; always at least one."""
        return self.levels or (CountLevel(severity=self.severity or 5, at_least=self.at_least or 1, clear=self.clear),)

    @property
    def limits(self) -> tuple[Level, ...]:
        """The same as limits of a figure: how many there are."""
        return tuple(
            AtLeast(severity=one.severity, above=one.at_least, clear=one.clear, label=one.label, label_en=one.label_en)
            for one in self.counts
        )


class CountRule(CountingRule):
    """Rings for a place in which so many alerts and reports were observed within a span; over when the span has passed."""

    kind: Literal["count"]
    per: PlaceKind = "street"


class ClusterRule(CountingRule):
    """Rings for a place round which so many alerts and reports lie within `radius_m`, observed within a span, of `sources` at least.

    The alert goes with its cluster as that grows and drifts; it is over when nothing has come for the span.
    """

    kind: Literal["cluster"]
    radius_m: float = Field(500, gt=0, le=20_000)
    sources: int = Field(1, ge=1)  # different devices and senders

    def _faults(self) -> Iterator[str]:
        yield from super()._faults()
        if self.counts[0].at_least < 2:
            yield "'at_least' must be 2 or more: one alone is no cluster"
        if self.counts[0].clear is not None:
            yield "'clear' of the mildest level is without effect: a cluster is over when nothing has come for the span"

    @property
    def limits(self) -> tuple[Level, ...]:
        mildest, *graver = super().limits
        return (mildest.model_copy(update={"clear": 1}), *graver)


class Condition(Part):
    """What may hold in a place: a metric folded over its devices, active alerts of `rules`, or reports of `classes` or `channels`."""

    metric: str | None = None
    fold: Literal["max", "min", "mean", "sum"] = "max"
    above: float | None = None
    below: float | None = None
    clear: float | None = None  # while the alert rings: on this side it still holds
    rules: tuple[str, ...] = ()
    classes: tuple[ClassCode, ...] = ()
    channels: tuple[Channel, ...] = ()
    at_least: int = Field(1, ge=1)  # reports or alerts
    label: str = ""
    label_en: str = ""

    @model_validator(mode="after")
    def _is_one_thing(self) -> "Condition":
        kinds = [bool(self.metric), bool(self.rules), bool(self.classes or self.channels)]
        if sum(kinds) != 1:
            raise ValueError("is one thing: a 'metric', or alerts of 'rules', or reports of 'classes' or 'channels'")
        if bool(self.metric) != ((self.above is None) != (self.below is None)):
            raise ValueError("a metric needs exactly one of 'above' and 'below', and nothing else does")
        return self

    @property
    def limit(self) -> Level:
        """Of a metric."""
        return Level(severity=5, above=self.above, below=self.below, clear=self.clear)


class CompoundRule(RulePart):
    """Rings for a place where all conditions hold, or `at_least` of them, each at some time within the span.

    The place is one of a kind (`per`), or whatever lies within `radius_m` of where the condition named `anchor` holds.
    """

    kind: Literal["compound"]
    severity: int = Field(ge=1, le=5)
    within: Duration = timedelta(hours=1)
    per: PlaceKind = "street"
    anchor: str | None = None
    radius_m: float | None = Field(None, gt=0, le=20_000)
    at_least: int | None = Field(None, ge=1)  # all unless given
    conditions: dict[str, Condition] = Field(min_length=2)
    areas: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _fits_its_conditions(self) -> "CompoundRule":
        if (self.anchor is None) != (self.radius_m is None):
            raise ValueError("'anchor' and 'radius_m' belong together")
        if self.anchor is not None and self.anchor not in self.conditions:
            raise ValueError(f"no condition is called '{self.anchor}'; there are {', '.join(self.conditions)}")
        if self.at_least is not None and self.at_least > len(self.conditions):
            raise ValueError(f"'at_least' is more than there are conditions ({len(self.conditions)})")
        return self

    @property
    def needed(self) -> int:
        """How many conditions must hold."""
        return self.at_least or len(self.conditions)

    @property
    def limits(self) -> tuple[Level, ...]:
        """Of how many hold."""
        return (AtLeast(severity=self.severity, above=self.needed),)


class AbsenceRule(RulePart):
    """Rings for a place from which an expected report did not come: until a time of day (`by`), or at least every so long (`every`)."""

    kind: Literal["absence"]
    severity: int = Field(ge=1, le=5)
    channels: tuple[Channel, ...] = ()
    classes: tuple[ClassCode, ...] = ()
    sources: tuple[str, ...] = ()  # of reports: who sends them
    per: PlaceKind = "duty_grid"
    areas: tuple[str, ...] = ()  # places in these; all unless named
    places: tuple[str, ...] = ()  # codes; all of the kind unless named
    by: Clock | None = None
    since: Clock = time(0)  # what comes earlier on the day does not count for `by`
    every: Duration | None = None

    @model_validator(mode="after")
    def _knows_when(self) -> "AbsenceRule":
        if (self.by is None) == (self.every is None):
            raise ValueError("needs exactly one of 'by' (a time of day) and 'every' (a span)")
        if self.by is not None and self.since >= self.by:
            raise ValueError(f"'since' ({self.since:%H:%M}) must be earlier than 'by' ({self.by:%H:%M})")
        if self.every is not None and self.every < timedelta(minutes=1):
            raise ValueError("'every' is at least a minute")
        if self.per == "cell" and not self.places:
            raise ValueError("of cells only those named in 'places' are expected to report: there are thousands")
        return self

    @property
    def limits(self) -> tuple[Level, ...]:
        """It came (0), or it did not (1)."""
        return (AtLeast(severity=self.severity, above=1),)


class StandardRule(ScopedRule):
    """Rings for a figure that a standard defines (docs/data-quality.md): its value beyond `levels`, or its word one of `words`.

    A figure that could not be told clears nothing.
    """

    kind: Literal["standard"]
    figure: Figure
    levels: tuple[Level, ...] = ()
    words: dict[str, int] = {}  # word of the figure: severity
    per: tuple[Literal["city", "district", "street"], ...] = ()  # of figures of areas: which areas; all unless named
    stale: Duration | None = None  # a figure this long over says nothing of now; twice what it covers, and at least 6 h more, unless given

    @model_validator(mode="after")
    def _says_when(self) -> "StandardRule":
        if bool(self.levels) == bool(self.words):
            raise ValueError("needs either 'levels' (of its value) or 'words' (what it is called: severity)")
        if any(not 1 <= severity <= 5 for severity in self.words.values()):
            raise ValueError("a word's severity is 1 to 5")
        for mild, grave in zip(self.levels, self.levels[1:], strict=False):
            if grave.severity >= mild.severity or not mild.is_beyond(grave.limit):
                raise ValueError("levels go from the mildest to the gravest: each further out and more severe (a smaller number)")
        if any((one.above is None) == (one.below is None) for one in self.levels):
            raise ValueError("each level needs exactly one of 'above' and 'below'")
        return self

    @property
    def limits(self) -> tuple[Level, ...]:
        """Limits of the value, or of the gravity of its word."""
        if self.levels:
            return self.levels
        return tuple(AtLeast(severity=one, above=self.gravity(one)) for one in sorted(set(self.words.values()), reverse=True))

    @staticmethod
    def gravity(severity: int) -> float:
        """The figure of a word: the graver, the greater; 0 is none of the rule's words."""
        return float(6 - severity)


CityRule = CountRule | ClusterRule | CompoundRule | AbsenceRule | StandardRule
