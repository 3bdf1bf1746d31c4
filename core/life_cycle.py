"""What every life cycle is: a table of stages and acts, and who may do which. The tables are their owners' (`alerts`, `dispatch`)."""

from collections.abc import Mapping
from dataclasses import dataclass

from core.errors import IllegalAct


@dataclass(frozen=True, slots=True)
class LifeCycle:
    """`table`: stage → act → the stage it leads to. `roles`: act → who may do it; an act without roles is the machine's."""

    table: Mapping[str, Mapping[str, str]]
    roles: Mapping[str, frozenset[str]]

    @property
    def open(self) -> frozenset[str]:
        """The stages that something can still be done in."""
        return frozenset(stage for stage, acts in self.table.items() if acts)

    def advance(self, stage: str, act: str) -> str:
        """The stage that an act leads to. Raises `IllegalAct`."""
        try:
            return self.table[stage][act]
        except KeyError:
            raise IllegalAct(act, stage, tuple(self.table.get(stage, ()))) from None

    def allowed_acts(self, stage: str, role: str) -> tuple[str, ...]:
        """What a role may do in a stage: the buttons of a screen."""
        return tuple(act for act in self.table[stage] if role in self.roles.get(act, ()))
