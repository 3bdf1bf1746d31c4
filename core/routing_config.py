"""How a routing rule is written: which classes, where and when → who gets the case. Decides what can be said, never who gets one."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from core.rule_parts import Hours, Label, Weekday
from core.setting import Part

ClassPrefix = Annotated[str, Field(pattern=r"^[0-9A-Za-z-]{1,12}$")]  # a class code or its beginning: "05" is the whole big class
AreaPrefix = Annotated[str, Field(pattern=r"^\d{2,15}$")]
UnitCode = Annotated[str, Field(min_length=1, max_length=64)]


class RoutingTimes(Part):
    """Hours of a week in the city's time; what is not named does not restrict. `22:00-06:00` belongs to the day it begins on."""

    days: tuple[Weekday, ...] = ()
    hours: Hours | None = None


class RoutingWords(Part):
    """One rule as an admin writes it. Nothing named in `classes`, `areas` or `when` fits all of them.

    `worker`: a login; `on_shift`: instead whoever is on shift in the duty grid. `automatic`: such cases need no dispatcher's press.
    """

    label: Label
    label_en: Label = ""
    classes: tuple[ClassPrefix, ...] = ()
    areas: tuple[AreaPrefix, ...] = ()
    when: tuple[RoutingTimes, ...] = ()  # one of them suffices
    lead_unit: UnitCode | None = None
    support_units: tuple[UnitCode, ...] = ()
    worker: Annotated[str, Field(max_length=64)] | None = None
    on_shift: bool = False
    automatic: bool = False
    enabled: bool = True

    @model_validator(mode="after")
    def _names_somebody(self) -> Self:
        if self.lead_unit is None and self.worker is None and not self.on_shift:
            raise ValueError("names nobody: give lead_unit, worker or on_shift")
        if self.worker is not None and self.on_shift:
            raise ValueError("'worker' and 'on_shift' exclude each other")
        if self.lead_unit is not None and self.lead_unit in self.support_units:
            raise ValueError("the lead unit cannot support itself")
        return self
