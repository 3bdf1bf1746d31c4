"""Which layers a map can show beside its cells and marks: a table that the menu, the API and the browser read. Draws nothing.

Who may see one is said here for the menu; the calls that bring its rows ask for themselves.
"""

from dataclasses import dataclass

GROUPS = ("places", "events", "moving")
READ_WHERE_PEOPLE_ARE = frozenset({"dispatcher", "duty", "supervisor", "admin", "system", "auditor"})  # as `store.patrols` reads tracks


@dataclass(frozen=True, slots=True)
class MapLayer:
    """One layer: the `group` of the menu it stands in, its icon, whether a map shows it unasked, and the roles it is for (empty: all)."""

    name: str
    group: str
    icon: str
    usual: bool = False
    roles: frozenset[str] = frozenset()

    def is_for(self, role: str) -> bool:
        return not self.roles or role in self.roles


LAYERS = (
    MapLayer("devices", "places", "cpu"),
    MapLayer("cameras", "places", "video"),
    MapLayer("components", "places", "lightbulb"),
    MapLayer("resources", "places", "package"),
    MapLayer("warnings", "events", "triangle-alert", usual=True),
    MapLayer("works", "events", "construction"),
    MapLayer("heat", "events", "flame"),
    MapLayer("trucks", "moving", "truck"),
    MapLayer("workers", "moving", "users", roles=READ_WHERE_PEOPLE_ARE),
)


def layers_for(role: str) -> tuple[MapLayer, ...]:
    """What a role is offered, in the order of the menu."""
    return tuple(layer for layer in LAYERS if layer.is_for(role))
