"""Whether what stands is what a story expects: a list of differences in words. Changes nothing."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from store import story
from store.timescale import Connection
from story.people import Person
from story.script import Expected


def differences(connection: Connection, officer: Person, expected: Expected, words: Mapping[str, Any]) -> Iterator[str]:
    """Nothing when all is as expected. Only what the story names is compared. `words`: what it kept."""
    if expected.alerts is not None:
        yield from _named("open alerts", expected.alerts, story.open_alerts(connection))
    if expected.incidents is not None:
        yield from _unnamed(expected.incidents, story.open_incidents(connection))
    if expected.ended is not None:
        yield from _counts("ended", expected.ended, story.ended_alerts(connection))
    if expected.told is not None:
        yield from _counts("told", expected.told, story.told(connection))
    if expected.queue is not None:
        _, body = officer.ask("GET", "/queue?limit=1000")
        rows = [f"{row['kind']} {row.get('title')}" for row in body["items"]]
        if len(rows) != expected.queue:
            yield f"the queue has {len(rows)} rows, not {expected.queue}: {'; '.join(rows)}"
    for name, fields in expected.cases.items():
        _, shape = officer.ask("GET", f"/cases/{words.get(name, name)}")
        yield from _fields(f"case {name}", fields, shape)
    for query, value in expected.query.items():
        if (found := story.one_value(connection, query)) != value:
            yield f"{query}: {found!r}, not {value!r}"


def _named(what: str, expected: Mapping[str, Mapping[str, Any]], found: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    for name in expected.keys() - found.keys():
        yield f"{what}: '{name}' is missing; there are {', '.join(sorted(found)) or 'none'}"
    for name in found.keys() - expected.keys():
        yield f"{what}: '{name}' was not expected: {found[name]['title']}"
    for name in sorted(expected.keys() & found.keys()):
        yield from _fields(f"{what}: '{name}'", expected[name], found[name])


def _unnamed(expected: Sequence[Mapping[str, Any]], found: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    left = list(found)
    for wanted in expected:
        fitting = next((one for one in left if not list(_fields("", wanted, one))), None)
        if fitting is None:
            yield f"no open incident is {dict(wanted)}; there are {[_short(one, wanted) for one in found]}"
        else:
            left.remove(fitting)
    yield from (f"an open incident was not expected: {one['title']} {one['parts']}" for one in left if len(found) > len(expected))


def _short(one: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, Any]:
    return {name: one.get(name) for name in ("title", *wanted)}


def _fields(where: str, expected: Mapping[str, Any], found: Mapping[str, Any]) -> Iterator[str]:
    for name, value in expected.items():
        if name not in found:
            yield f"{where}: there is no field '{name}'"
        elif found[name] != value:
            yield f"{where}: {name} is {found[name]!r}, not {value!r}"


def _counts(what: str, expected: Mapping[str, int], found: Mapping[str, int]) -> Iterator[str]:
    for name, number in expected.items():
        if found.get(name, 0) != number:
            yield f"{what}: '{name}' {found.get(name, 0)} times, not {number}; there are {dict(found)}"
