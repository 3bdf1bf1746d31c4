"""Settings of the menu: which modules there are, what they are called, where their pages are and who may open them.

Decides whose right a page is (the nearest module above it); never what a page shows, nor anything about the API: it has rights of its own.
"""

from collections.abc import Iterable, Mapping
from typing import Annotated, Literal

from pydantic import Field

from core.setting import Part
from core.view_address import lies_under, path_of

Role = Literal[
    "wall", "leader", "duty", "supervisor", "dispatcher", "handler", "grid_worker", "admin", "security_admin", "auditor"
]  # fmt: skip
ModuleName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,40}$")]
MODULE_WITHOUT_WAY_BACK = "admin"  # nobody could undo it from within


class ModuleConfig(Part):
    """One module. `roles`: who may open its page and those under it; not given: whom the page itself is for.

    `unlisted`: roles that may open it and are not shown the way in the header. `more`: stands under "more", not in the first row.
    `off`: nobody may open it. Without a label it is called as the screens call it.
    """

    path: str = Field("", pattern=r"^$|^(/[a-z0-9][a-z0-9_-]*)+$")
    label: str = Field("", max_length=20)
    label_en: str = Field("", max_length=30)
    roles: tuple[Role, ...] | None = None
    unlisted: tuple[Role, ...] = ()
    more: bool = False
    off: bool = False


_AT_DESKS: tuple[Role, ...] = ("leader",)  # who looks at desks through the cockpit
SHIPPED: Mapping[str, ModuleConfig] = {
    "wall": ModuleConfig(path="/wall"),
    "cockpit": ModuleConfig(path="/cockpit"),
    "duty": ModuleConfig(path="/duty", unlisted=_AT_DESKS),
    "dispatch": ModuleConfig(path="/dispatch"),
    "ledgers": ModuleConfig(path="/ledgers"),
    "analysis": ModuleConfig(path="/analysis"),
    "cameras": ModuleConfig(path="/cameras", more=True),
    "replay": ModuleConfig(path="/replay", more=True),
    "quality": ModuleConfig(path="/quality", unlisted=_AT_DESKS, more=True),
    "entry": ModuleConfig(path="/entry", more=True),
    "admin": ModuleConfig(path="/admin", more=True),
}


def in_force(told: Mapping[str, ModuleConfig]) -> dict[str, ModuleConfig]:
    """Every module as it holds: those the city names first and in its order, each over the shipped one of its name."""
    found: dict[str, ModuleConfig] = {}
    for name, one in told.items():
        base = SHIPPED.get(name)
        found[name] = base.model_copy(update=one.model_dump(exclude_unset=True)) if base else one
    return {**found, **{name: one for name, one in SHIPPED.items() if name not in found}}


def nearest(modules: Iterable[ModuleConfig], path: str) -> ModuleConfig | None:
    """The module whose right a page is: of those at its path or above it the longest."""
    above = [one for one in modules if lies_under(path, one.path)]
    return max(above, key=lambda one: len(path_of(one.path)), default=None)


def faults(told: Mapping[str, ModuleConfig]) -> Iterable[str]:
    """What is wrong with a menu: modules without a page or a name, two of one page, an administration nobody can open."""
    seen: dict[str, str] = {}
    for name, one in in_force(told).items():
        if not one.path:
            yield f"'{name}' needs a path"
        elif one.path in seen:
            yield f"'{name}' and '{seen[one.path]}' have the same path"
        if name not in SHIPPED and not one.label:
            yield f"'{name}' needs a label"
        if name == MODULE_WITHOUT_WAY_BACK and (one.off or one.roles == ()):
            yield "the administration cannot be switched off"
        seen[one.path] = name
