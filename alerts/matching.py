"""Which alerts a matcher means: those of a silence, the parents and children of an inhibition. Pure; decides nothing about them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Generic, NamedTuple, TypeVar

from core.names import fits
from core.suppress_config import Matcher

_T = TypeVar("_T")


class Candidate(NamedTuple):
    """An alert as suppression knows it."""

    alert_id: int
    rule: str
    class_code: str | None
    domain: str
    severity: int
    stage: str
    hold: str
    hold_ref: str | None
    area: str
    cell_id: int | None
    cell_code: str | None
    duty_grid: str | None
    device_id: int | None
    device: str | None
    kind: str | None
    tags: Sequence[str]
    gateway: str | None
    incident_id: int | None
    drill: bool
    simulated: bool


Test = Callable[[Candidate], bool]


@dataclass(frozen=True, slots=True)
class Meant:
    """A matcher ready to be asked of thousands: `words` looks at rule, class, domain and severity only, which many alerts share."""

    words: tuple[Test, ...]
    place: tuple[Test, ...]

    def __call__(self, one: Candidate) -> bool:
        return all(test(one) for test in (*self.words, *self.place))


def compile_matcher(matcher: Matcher, areas: Sequence[str] = ()) -> Meant:
    """Whether an alert is meant; `areas` are asked beside those of the matcher."""
    words = [
        _is_one_of(frozenset(named), of)
        for named, of in ((matcher.rules, _rule), (matcher.classes, _class_code), (matcher.domains, _domain))
        if named
    ]
    if (most := matcher.severity_at_most) is not None:
        words.append(lambda one: one.severity <= most)
    if (least := matcher.severity_at_least) is not None:
        words.append(lambda one: one.severity >= least)
    place = [_is_one_of(frozenset(named), of) for named, of in ((matcher.cells, _cell_code), (matcher.kinds, _kind)) if named]
    place += [_lies_in(tuple(codes)) for codes in (matcher.areas, areas) if codes]
    return Meant(tuple(words), (*place, *_tests_of_device(matcher)))


_rule, _class_code, _domain, _cell_code, _kind = map(attrgetter, ("rule", "class_code", "domain", "cell_code", "kind"))


def _lies_in(areas: tuple[str, ...]) -> Test:
    return lambda one: one.area.startswith(areas)


def _is_one_of(words: frozenset[str], of: Callable[[Candidate], str | None]) -> Test:
    return lambda one: of(one) in words


def _tests_of_device(matcher: Matcher) -> list[Test]:
    tests: list[Test] = []
    if matcher.devices:
        whole = frozenset(name for name in matcher.devices if "*" not in name)
        patterns = tuple(name for name in matcher.devices if "*" in name)
        tests.append(lambda one: one.device in whole or (one.device is not None and any(fits(pattern, one.device) for pattern in patterns)))
    if gateways := frozenset(matcher.gateways):
        tests.append(lambda one: one.gateway in gateways or one.device in gateways)
    if tags := frozenset(matcher.tags):
        tests.append(lambda one: not tags.isdisjoint(one.tags))
    return tests


class Shortlist(Generic[_T]):
    """Of some matchers those that an alert's words fit, asked once for all alerts that share them, and then one by one of its place."""

    def __init__(self, of: Iterable[tuple[Meant, _T]]) -> None:
        self._of, self._found = tuple(of), dict[tuple[object, ...], tuple[tuple[tuple[Test, ...], _T], ...]]()

    def fitting(self, one: Candidate) -> Iterator[_T]:
        words = one.rule, one.class_code, one.domain, one.severity
        if (near := self._found.get(words)) is None:
            near = tuple((meant.place, thing) for meant, thing in self._of if all(test(one) for test in meant.words))
            self._found[words] = near
        for place, thing in near:
            for test in place:
                if not test(one):
                    break
            else:
                yield thing
