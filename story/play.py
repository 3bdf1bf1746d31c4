"""Plays a story on an empty database: frames through the pipeline, people through the API, the leader's duties, all under its time.

Nothing is imitated: it is the pipeline of the workers, the list of duties of the leader and the API of the screens.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from compose import CityMap, Parts
from core.config import Config, parse
from core.model import Frame
from core.settings import read_settings
from duties import desk as desk_duties
from keeping import keeping as keeping_duties
from pipeline import process
from store import listening, story
from store.live import Live
from store.registry import keep_catalogue
from store.rule_revisions import keep_file
from store.rulebook import Rulebook
from store.timescale import Store
from story.judge import differences
from story.people import Desk, Person, open_office, sit_down, snapshot
from story.place import build, degrees
from story.script import Act, Script, Step, StoryDevice, StoryUnit, Told

FEED = "city"  # the feed whose topics are ours: see docs/protocols
_TURN = timedelta(seconds=15)  # between two turns of the leader, and beyond the first minute of a step
_SPARSER = 4  # a quarter of the time since that step: a story of days need not count seconds
_SESSION = timedelta(minutes=15)  # people sign in again: a session that nobody uses ends
_NUMBERED = re.compile(r"\{(alert|incident|report):(.+)\}")


class StoryFault(Exception):
    """What a story tells cannot be done: a call was refused that should not have been, a name means nothing."""


@dataclass(frozen=True, slots=True)
class Unmet:
    """An expectation that is not true."""

    step: int
    at: timedelta
    note: str
    what: str

    def __str__(self) -> str:
        return f"step {self.step} at {self.at}{f' ({self.note})' if self.note else ''}: {self.what}"


def play(
    script: Script, config: Config, database_url: str, folder: Path, told: Callable[[Step], object] = lambda step: None
) -> list[Unmet]:
    """All that is not as the story says; an empty list is success. `told` hears of each step before it is played.

    Raises `ConfigError` for rules that cannot be, `StoryFault` for what cannot be done.
    """
    stage = Stage(_configured(script, config), database_url, folder, script.begins, script.units)
    try:
        stage.register(script.devices)
        unmet: list[Unmet] = []
        for number, step in enumerate(script.steps, 1):
            told(step)
            stage.live_until(script.begins + step.at)
            unmet += [Unmet(number, step.at, step.note, what) for what in stage.play(step)]
        return unmet
    finally:
        stage.close()


def _configured(script: Script, config: Config) -> Config:
    """The city's configuration with what the story lays over it."""
    raw = config.model_dump(mode="json", exclude_unset=True)
    if script.rules != "city":  # what names the city's own rules goes with them
        raw |= {"rules": script.rules, "inhibitions": [], "escalations": {}, "probe": {}}
    for section, words in script.config.items():
        raw[section] = {**raw.get(section, {}), **words} if isinstance(words, dict) else words
    return parse(raw, script.story)


class Stage:
    """A city at work under the story's time. Holds connections: close it."""

    def __init__(self, config: Config, database_url: str, folder: Path, begins: datetime, units: Mapping[str, StoryUnit]) -> None:
        self._config, self._url, self._folder, self.now = config, database_url, folder, begins
        self._store = Store(database_url, name="yiping-story")
        self._words: dict[str, Any] = {}
        self._away = self._listens = False
        with self._store.connection() as connection:
            keep_catalogue(connection, config)
            keep_file(connection, config, begins, "story")
            self._accounts = build(connection, config, begins)
            for code, unit in units.items():
                story.found_unit(connection, code, unit.name, config.area.code, unit.people)
        self._desk = Desk(config, self._store, self._store, begins)
        self._office = open_office(self._desk, folder)
        self._sign_in()
        self._devices: dict[str, StoryDevice] = {}
        self._start()

    def _sign_in(self) -> None:
        with self._store.connection() as connection:
            self._people, self._signed_in = sit_down(self._office, connection, self._accounts, self.now), self.now

    def close(self) -> None:
        self._store.close()

    def _start(self) -> None:
        """As if every process had just been started."""
        settings = read_settings({"YIPING_DATABASE_URL": self._url, "YIPING_MEDIA_DIR": str(self._folder)})
        self._parts = Parts(Rulebook(self._config), settings, self._store, Live(None), CityMap(self._store))
        self._deps = self._parts.pipeline()
        self._duties, self._keeping = desk_duties(self._parts, self._parts.pipeline()), keeping_duties(self._parts)

    def register(self, devices: Mapping[str, StoryDevice]) -> None:
        for name, device in devices.items():
            self._devices[name] = device
            lon, lat = degrees(*device.at) if device.at else (None, None)
            entry = {"name": device.name or name, "domain": device.domain, "area": self._config.area.code, "lon": lon, "lat": lat,
                     "interval_s": device.interval.total_seconds(), "gateway": device.gateway, "kind": device.kind}  # fmt: skip
            body = {key: value for key, value in (entry | device.entry).items() if value is not None}
            self._call("admin", "PUT", f"/devices/{name}", body, None)

    def live_until(self, until: datetime) -> None:
        """Let time pass until the step, whose own turn comes after it. Somebody listens and the leader works, unless all are away."""
        begun = self.now
        while not self._away and (at := self.now + max(_TURN, (self.now - begun) / _SPARSER)) < until:
            self.now = at
            self._turn()
        self._desk.now = self.now = until
        if until - self._signed_in > _SESSION:
            self._sign_in()

    def _turn(self) -> None:
        """Somebody listened since the last one, and the leader does what it does."""
        with self._store.connection() as connection:
            if not self._listens:
                listening.mark(connection, self._config.feeds, self.now)
            story.listen_on(connection, self.now)
        self._listens = True
        for duty in self._duties:
            duty.do(self.now)

    def play(self, step: Step) -> Iterator[str]:
        """Tell what the step tells; yields what it expects and is not so."""
        if step.restart:
            self._start()
        self._away = step.away
        self._listens &= not step.away
        if frames := [*self._presences(step), *self._readings(step), *self._reports(step)]:
            for taken in process(frames, self.now, self._deps).taken:
                if taken.rejected:
                    raise StoryFault(f"refused: {taken.rejected[0].reason} {taken.rejected[0].detail}")
        self._desk.now = self.now
        for act in step.acts:
            self._act(act)
        if not self._away:
            self._turn()
        for duty in self._keeping if step.figures else ():
            duty.do(self.now)
        if step.expect:
            with self._store.connection() as connection:
                yield from differences(connection, self._people["duty1"], step.expect, self._words)

    def _frame(self, topic: str, body: object) -> Frame:
        return Frame(FEED, json.dumps(body).encode(), self.now, f"city/{self._config.area.code}/{topic}")

    def _presences(self, step: Step) -> Iterator[Frame]:
        for word, names in (("online", step.online), ("offline", step.offline)):
            for name in names:
                yield Frame(FEED, word.encode(), self.now, f"city/{self._config.area.code}/{self._domain(name)}/{name}/status")

    def _readings(self, step: Step) -> Iterator[Frame]:
        for name, told in step.readings.items():
            several: list[dict[str, Any]] = [dict(told)] if isinstance(told, dict) else [dict(one) for one in told]
            bodies = []
            for values in several:
                at = self.now + Step(at=values.pop("at", 0)).at
                bodies.append({"ts": at.isoformat(), "values": values})
            yield self._frame(f"{self._domain(name)}/{name}/telemetry", bodies)

    def _domain(self, name: str) -> str:
        if name not in self._devices:
            raise StoryFault(f"no device of this story is called '{name}'")
        return self._devices[name].domain

    def _reports(self, step: Step) -> Iterator[Frame]:
        for report in step.reports:
            yield self._frame(f"report/{report.channel}", self._report(report))

    def _report(self, report: Told) -> dict[str, Any]:
        lon, lat = degrees(*report.at) if report.at else (None, None)
        body = {"source": report.source, "external_id": report.id, "channel": report.channel, "class_code": report.class_code,
                "title": report.title or report.id, "lon": lon, "lat": lat, "observed_at": self.now.isoformat()}  # fmt: skip
        return {key: value for key, value in (body | self._filled(report.extra)).items() if value is not None}

    def _act(self, act: Act) -> None:
        for noun in ("alert", "incident", "report"):
            if name := getattr(act, noun):
                number = self._number(noun, name)
                body = {"act": act.do, **({"note": act.note} if act.note else {}), **self._filled(act.body or {})}
                return self._keep(act, self._call(act.by, "POST", f"/{noun}s/{number}/acts", body, act.answers))
        if act.case:
            return self._keep(act, self._act_on_case(act))
        for method in ("post", "put", "get", "delete"):
            if path := getattr(act, method):
                sent = None if act.body is None else self._filled(act.body)
                return self._keep(act, self._call(act.by, method.upper(), str(self._filled(path)), sent, act.answers))
        raise StoryFault("an act names an alert, an incident, a report, a case, or a call")

    def _act_on_case(self, act: Act) -> Any:
        number = self._words.get(act.case or "", act.case)
        if act.photo:
            return self._call(act.by, "POST", f"/media?case={number}&role={act.photo}", snapshot(f"{number}{self.now}"), act.answers)
        body = {"act": act.do, **({"note": act.note} if act.note else {}), **self._filled(act.body or {})}
        return self._call(act.by, "POST", f"/cases/{number}/acts", body, act.answers)

    def _number(self, noun: str, name: str) -> int:
        with self._store.connection() as connection:
            number = story.find(connection, noun, name)
        if number is None:
            raise StoryFault(f"there is no {noun} '{name}'")
        return number

    def _call(self, by: str, method: str, path: str, body: dict[str, Any] | bytes | None, answers: int | None) -> Any:
        person: Person | None = self._people.get(by)
        if person is None:
            raise StoryFault(f"nobody is called '{by}'; there are {', '.join(self._people)}")
        status, answer = person.ask(method, path, body)
        if status != answers and (answers is not None or status >= 400):
            told = "a picture" if isinstance(body, bytes) else body
            raise StoryFault(f"{by} {method} {path} {told}: {status} {answer}, not {answers or 'done'}")
        return answer

    def _keep(self, act: Act, answer: Any) -> None:
        for name, path in act.keep.items():
            value = answer
            for step in path.split("."):
                value = value[int(step)] if isinstance(value, list) else value[step]
            self._words[name] = value

    def _filled(self, value: Any) -> Any:
        """With kept words in place of {name}; `{now+90s}` is a moment of the story, `{alert:rule subject}` the number of that alert."""
        if isinstance(value, dict):
            return {key: self._filled(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [self._filled(inner) for inner in value]
        if not isinstance(value, str) or "{" not in value:
            return value
        if named := _NUMBERED.fullmatch(value):
            return self._number(*named.groups())
        if value.startswith("{now"):
            return (self.now + Step(at=value[4:-1].removeprefix("+") or 0).at).isoformat()
        if value.startswith("{") and value.endswith("}") and value[1:-1] in self._words:
            return self._words[value[1:-1]]
        return value.format(**self._words)
