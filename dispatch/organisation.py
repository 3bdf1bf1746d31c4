"""Whether a unit, a person and a post fit into the tree. Pure: says every fault in words, changes nothing."""

from collections.abc import Iterator, Mapping

from core.organisation import PersonEntry, Standing, UnitEntry
from core.organisation_config import OrganisationConfig

IN_FIELD = frozenset({"grid_worker", "handler"})


def faults_of_unit(unit: UnitEntry, standing: Standing, config: OrganisationConfig) -> Iterator[str]:
    """What is wrong with a unit among those that stand, itself as it is to be among them."""
    if not unit.code.strip() or not unit.name.strip():
        yield "a unit needs a code and a name"
    if unit.kind not in config.kinds:
        yield f"kind: '{unit.kind}' is none of {', '.join(config.kinds)}"
    elif not 1 <= unit.level <= len(config.levels):
        yield f"level: {unit.level} is none of 1 to {len(config.levels)}"
    elif unit.level not in config.levels_of(unit.kind):
        allowed = ", ".join(f"{level} ({config.levels[level - 1].label})" for level in config.levels_of(unit.kind))
        yield f"level: a {unit.kind} stands on level {allowed}, not on {unit.level}"
    if unit.area not in standing.areas:
        yield f"area: no area has the code '{unit.area}'"
    names = [post.name for post in unit.posts]
    yield from (f"posts: '{name}' stands there twice" for name in sorted({name for name in names if names.count(name) > 1}))
    yield from _faults_of_place(unit, standing)


def _faults_of_place(unit: UnitEntry, standing: Standing) -> Iterator[str]:
    """A unit lies within its parent: not above it, not outside its area, and not below itself."""
    if unit.parent is None:
        return
    parent = standing.units.get(unit.parent)
    if parent is None:
        yield f"parent: no unit has the code '{unit.parent}'"
        return
    if unit.code in path_of(unit.parent, standing.units):
        yield f"parent: '{unit.parent}' is '{unit.code}' itself or below it"
        return
    if unit.level < parent.level:
        yield f"level: {unit.level} is above that of its parent '{parent.code}' ({parent.level})"
    if not unit.area.startswith(parent.area):
        yield f"area: {unit.area} is outside of its parent's ({parent.area})"


def path_of(code: str, units: Mapping[str, UnitEntry]) -> tuple[str, ...]:
    """A unit and those above it, the nearest first; a circle ends where it closes."""
    path: list[str] = []
    at: str | None = code
    while at is not None and at in units and at not in path:
        path.append(at)
        at = units[at].parent
    return tuple(path)


def faults_of_person(person: PersonEntry, standing: Standing, roles: Mapping[str, object] | frozenset[str]) -> Iterator[str]:
    """What is wrong with a person's role, areas, unit and post. `roles`: those there are."""
    if not person.login.strip():
        yield "a person needs a login"
    if person.role not in roles:
        yield f"role: '{person.role}' is none of {', '.join(sorted(roles))}"
    if not person.areas:
        yield "areas: a person needs an area"
    yield from (f"areas: no area has the code '{area}'" for area in person.areas if not _is_area(area, standing))
    unit = standing.units.get(person.unit) if person.unit is not None else None
    if person.unit is not None and unit is None:
        yield f"unit: no unit has the code '{person.unit}'"
    if person.post is not None and unit is None:
        yield f"post: '{person.post}' is a post of no unit"
    if unit is not None and person.post is not None:
        post = next((one for one in unit.posts if one.name == person.post), None)
        if post is None:
            yield f"post: '{unit.code}' has no post '{person.post}'; there are {', '.join(one.name for one in unit.posts) or 'none'}"
        elif post.role != person.role:
            yield f"post: '{post.name}' is for the role '{post.role}', not '{person.role}'"
    if person.duty_grid is not None and person.role not in IN_FIELD:
        yield f"duty_grid: a '{person.role}' works in no duty grid"


def _is_area(code: str, standing: Standing) -> bool:
    return code in standing.areas or any(area.startswith(code) for area in standing.areas if code)
