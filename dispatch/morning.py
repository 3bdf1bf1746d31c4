"""The morning report (早报) as a paper: which of the stored facts are told, in which order and words. Pure: reads nothing, knows no clock.

A figure that is unknown is told as unknown, never as zero. Every sentence is a key of `assets/i18n/ledgers-*.json`.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from dispatch.paper import Block, Paper, facts, heading, note, table, text

_NONE = "—"
Facts = Mapping[str, Any]


class Say(Protocol):
    """The texts of one language, as `core.text.Text` gives them."""

    @property
    def language(self) -> str: ...
    @property
    def texts(self) -> Mapping[str, str]: ...
    def __call__(self, key: str, **values: object) -> str: ...
    def label(self, thing: object) -> str: ...


def last_due(now: datetime, at: time, zone: ZoneInfo) -> datetime:
    """The newest moment at which a daily report was due: today's `at` in the city's time, or yesterday's."""
    local = now.astimezone(zone)
    today = datetime.combine(local.date(), at, zone)
    return today if today <= local else datetime.combine(local.date() - timedelta(days=1), at, zone)


def compose(told: Facts, say: Say, zone: ZoneInfo, classes: Mapping[str, object]) -> Paper:
    """The paper of some facts (`store.morning.gather`) in one language; `classes` have a label (and label_en) each, times are of `zone`."""
    writer = _Writer(told, say, zone, classes)
    parts = (
        writer.summary(), writer.alerts(), writer.incidents(), writer.cases(), writer.hotline(), writer.orders(), writer.hazards(),
        writer.surroundings(), writer.log(),
    )  # fmt: skip
    marks = (say("desk.simulated_data"),) if told.get("simulated") else ()
    span = say("morning.span", since=writer.moment(told["since"]), until=writer.moment(told["until"]))
    foot = say("morning.foot", at=writer.moment(told["made_at"]), by=told["made_by"] or say("morning.itself"))
    blocks = tuple(block for part in parts for block in part)
    return Paper(say("morning.title", area=writer.area()), span, say.language, blocks, marks, foot)


class _Writer:
    """Holds what every part needs: the facts, the words, the city's clock and its classes."""

    def __init__(self, told: Facts, say: Say, zone: ZoneInfo, classes: Mapping[str, object]) -> None:
        self.told, self.say, self.zone, self.classes = told, say, zone, classes

    def area(self) -> str:
        """What the report is of; a street has no English name."""
        return str((self.told["area_name_en"] if self.say.language == "en" else "") or self.told["area_name"])

    def moment(self, at: str | None) -> str:
        return datetime.fromisoformat(at).astimezone(self.zone).strftime("%Y-%m-%d %H:%M") if at else _NONE

    def word(self, prefix: str, code: object) -> str:
        """The label of a code; one that nobody named shows itself."""
        return self.say.texts.get(f"{prefix}.{code}", str(code))

    def summary(self) -> list[Block]:
        """One paragraph that can be read aloud."""
        told, say = self.told, self.say
        lines = [
            say("morning.summary", alerts=told["alerts"]["raised"], red=told["alerts"]["red"], orange=told["alerts"]["orange"],
                incidents=told["incidents"]["opened"], opened=told["cases"]["opened"], closed=told["cases"]["closed"],
                overdue=told["cases"]["overdue"], hotline=told["hotline"]["received"]),
            say("morning.summary_orders", orders=len(told["orders"]), late=sum(one["overdue"] for one in told["orders"]),
                hazards=told["hazards"]["open"], major=told["hazards"]["major"]),
        ]  # fmt: skip
        return [text("".join(lines) if say.language == "zh" else " ".join(lines))]

    def alerts(self) -> list[Block]:
        one, say = self.told["alerts"], self.say
        return [
            heading(say("morning.alerts")),
            facts((say("morning.raised"), _number(one["raised"]), self._change(one)),
                  (say("morning.red_orange"), f"{one['red']} / {one['orange']}"),
                  (say("morning.yellow_blue"), f"{one['yellow']} / {one['blue']}"), (say("morning.still_open"), _number(one["open"]))),
        ]  # fmt: skip

    def incidents(self) -> list[Block]:
        one, say = self.told["incidents"], self.say
        rows = [
            (str(each["id"]), self.word("desk.severity", each["severity"]), each["title"], self._place(each),
             self.word("desk.stage", each["stage"]), self.moment(each["opened_at"])) for each in one["list"]
        ]  # fmt: skip
        heads = [say(f"morning.head.{name}") for name in ("id", "severity", "title", "place", "stage", "opened_at")]
        return [
            heading(say("morning.incidents")),
            facts((say("morning.opened"), _number(one["opened"]), self._change(one)), (say("morning.closed"), _number(one["closed"])),
                  (say("morning.still_open"), _number(one["open"]))),
            *self._listed(heads, rows, one["open"]),
        ]  # fmt: skip

    def cases(self) -> list[Block]:
        one, say = self.told["cases"], self.say
        rows = [
            (each["number"], each["title"], self._unit(each), self.word("desk.stage", each["stage"]), self.moment(each["due_at"]))
            for each in one["list"]
        ]
        classes = [f"{self._class(each['code'])} {each['opened']}" for each in one["classes"]]
        heads = [say(f"morning.head.{name}") for name in ("number", "title", "unit", "stage", "due_at")]
        return [
            heading(say("morning.cases")),
            facts((say("morning.opened"), _number(one["opened"]), self._change(one)), (say("morning.closed"), _number(one["closed"])),
                  (say("morning.still_open"), _number(one["open"])),
                  (say("morning.overdue"), _number(one["overdue"]), say("morning.overdue_new", n=one["overdue_new"]))),
            *([note(say("morning.classes", list=say("morning.comma").join(classes)))] if classes else []),
            *self._listed(heads, rows, one["overdue"]),
        ]  # fmt: skip

    def hotline(self) -> list[Block]:
        one, say = self.told["hotline"], self.say
        return [
            heading(say("morning.hotline")),
            facts((say("morning.received"), _number(one["received"]), self._change({"raised": one["received"], **one})),
                  (say("morning.decided"), _number(one["decided"]))),
        ]  # fmt: skip

    def orders(self) -> list[Block]:
        say, found = self.say, self.told["orders"]
        rows = [
            (each["number"], each["title"], self._unit(each), self.word("ledgers.order.stage", each["stage"]), self._due(each))
            for each in found
        ]
        heads = [say(f"morning.head.{name}") for name in ("number", "title", "unit", "stage", "due_at")]
        return [heading(say("morning.orders")), *self._listed(heads, rows, len(found), "morning.no_orders")]

    def hazards(self) -> list[Block]:
        one, say = self.told["hazards"], self.say
        rows = [
            (
                str(each["id"]),
                self.word("ledgers.hazard.level", each["level"]),
                each["title"],
                self._place(each),
                self._unit(each),
                self._due(each),
            )
            for each in one["list"]
        ]
        heads = [say(f"morning.head.{name}") for name in ("id", "level", "title", "place", "unit", "due_at")]
        return [
            heading(say("morning.hazards")),
            facts((say("morning.still_open"), _number(one["open"]), say("morning.major", n=one["major"])),
                  (say("morning.found"), _number(one["found"])), (say("morning.overdue"), _number(one["overdue"])),
                  (say("morning.due_soon"), _number(len(rows)))),
            *self._listed(heads, rows, len(rows)),
        ]  # fmt: skip

    def surroundings(self) -> list[Block]:
        """Air, water, weather: what was derived and warned of."""
        say, air, water = self.say, self.told["air"], self.told["water"]
        known = air["value"] is not None
        good = f"{water['good']} / {water['of']}" if water["of"] else _NONE
        bad = say("morning.comma").join(f"{each['name']} {each['text']}" for each in water["poor"])
        warnings = [
            (self.moment(each["observed_at"]), each["title"], self.moment(each["ended_at"] or each["ends_at"]))
            for each in self.told["warnings"]
        ]
        heads = [say(f"morning.head.{name}") for name in ("observed_at", "warning", "until")]
        index = f"{air['value']:.0f} {self.word('quality.level', air['level'])}" if known else _NONE
        return [
            heading(say("morning.surroundings")),
            facts((say("morning.aqi"), index, self._air_remark(air)),
                  (say("morning.water"), good, say("morning.water_remark" if water["of"] else "morning.unknown")),
                  (say("morning.warnings"), _number(len(warnings)))),
            *([note(say("morning.poor_water", list=bad))] if bad else []),
            *([table(heads, warnings)] if warnings else []),
        ]  # fmt: skip

    def _air_remark(self, air: Facts) -> str:
        if air["value"] is None:
            return self.say("morning.unknown")
        return self.say("morning.air_at", at=self.moment(air["at"])[-5:], primary=air["primary"] or _NONE)

    def log(self) -> list[Block]:
        found = self.told["log"]
        heads = [self.say(f"morning.head.{name}") for name in ("at", "what", "by")]
        rows = [(self.moment(each["at"]), each["text"], each["by"]) for each in found]
        return [heading(self.say("morning.log")), *self._listed(heads, rows, len(rows), "morning.no_log")]

    def _listed(self, heads: Sequence[str], rows: Sequence[Sequence[str]], of: int, empty: str = "") -> list[Block]:
        """A table, and how many more there are than it shows."""
        if not rows:
            return [text(self.say(empty))] if empty else []
        more = [note(self.say("morning.more", n=of - len(rows)))] if of > len(rows) else []
        return [table(heads, rows), *more]

    def _change(self, one: Facts) -> str:
        """Against the day before, where that was counted whole; else it is not known whether this is more or less."""
        if not one["compared"]:
            return self.say("morning.not_compared")
        now, before = next(one[name] for name in ("raised", "opened", "received") if name in one), one["before"]
        key = "morning.more_than" if now > before else "morning.less_than" if now < before else "morning.equal"
        return self.say(key, n=abs(now - before))

    def _place(self, one: Facts) -> str:
        return str(self.told["areas"].get(one["area"][:9]) or self.told["area_name"])

    def _class(self, code: str) -> str:
        return self.say.label(self.classes[code]) if code in self.classes else code

    def _unit(self, one: Facts) -> str:
        return str((one["unit_en"] if self.say.language == "en" else "") or one["unit"] or _NONE)

    def _due(self, one: Facts) -> str:
        return self.moment(one["due_at"]) + (f" {self.say('morning.late')}" if one["overdue"] else "")


def _number(value: int | None) -> str:
    return _NONE if value is None else f"{value:,}"
