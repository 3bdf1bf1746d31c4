"""Who a target is at the moment of telling, how many messages become one summary, and when to try again. Pure; sends nothing."""

import traceback
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from dispatch.routing import HANDLES

WINDOW = timedelta(minutes=1)  # in which messages to the same people are counted
_GRAVEST = 1
_SUMMARY_AT_MOST = 2_000
_LATEST_TRY = timedelta(minutes=10)
Recipients = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may be told: `areas` are what the account sees."""

    account_id: int
    login: str
    title: str
    role: str
    areas: tuple[str, ...]
    on_shift: bool = False
    unit: int | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """A row of the outbox that waits. `recipients` are account ids; none where the channel knows its own people."""

    outbox_id: int
    dedupe_key: str
    target: str
    template: str
    severity: int
    payload: Mapping[str, Any]
    created_at: datetime
    attempts: int = 0
    refused: int = 0  # of these the answers about the message itself
    recipients: Recipients = ()
    bundle: int | None = None
    held: bool = False  # it waited for the end of quiet hours

    @property
    def mark(self) -> str:
        """What keeps it apart from the real: a summary never mixes them."""
        return "drill" if self.payload.get("drill") else "simulated" if self.payload.get("simulated") else ""

    @property
    def to_nobody(self) -> bool:
        return not self.recipients and who_of(self.target) != "all"


@dataclass(frozen=True, slots=True)
class Parcel:
    """What leaves at once under one id: a message, or a summary of several to the same people."""

    messages: tuple[Message, ...]
    bundle: int | None = None

    @property
    def id(self) -> str:
        """The same however often it is sent."""
        return f"bundle/{self.bundle}" if self.bundle is not None else self.messages[0].dedupe_key

    @property
    def first(self) -> Message:
        """The gravest, and of these the oldest."""
        return min(self.messages, key=lambda message: (message.severity, message.outbox_id))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a parcel: sent, or why not, and whether to try again.

    `is_down`: others would not get through now either. `passing`: busy or away, which says nothing of the message; others are tried.
    """

    sent: bool
    error: str = ""
    again: bool = True
    is_down: bool = False
    passing: bool = False
    reference: str = ""  # what the other side calls it
    gone: tuple[str, ...] = ()  # addresses that are over

    @property
    def is_refusal(self) -> bool:
        """Whether it was about the message itself: only these count towards giving up."""
        return not (self.sent or self.is_down or self.passing)


SENT = Outcome(True)
NO_ADDRESS = "no address"  # how the reason begins where there is none, of the channel or of the person
WITHHELD = "withheld"  # … and where it was kept back on purpose


def no_address(why: str) -> Outcome:
    """There is nowhere to send it: it does not wait for somebody to set one up, another way is tried at once."""
    return Outcome(False, f"{NO_ADDRESS}: {why}", again=False)


def unforeseen(error: Exception) -> Outcome:
    """Of one parcel, for good: what nobody foresaw would fail the same way again, and must not stop the others."""
    return Outcome(False, f"unforeseen {type(error).__name__}", again=False)


@dataclass(frozen=True, slots=True)
class Subscription:
    """A browser that takes Web Push: where, and the keys that only it can open."""

    endpoint: str
    p256dh: str
    auth: str


@dataclass(frozen=True, slots=True)
class Contact:
    """How somebody is reached, unmasked: read only to send."""

    account_id: int
    name: str = ""
    language: str = "zh"
    phone: str = ""
    mail: str = ""
    robots: Mapping[str, str] = field(default_factory=dict)
    subscriptions: tuple[Subscription, ...] = ()


@dataclass(frozen=True, slots=True)
class Letter:
    """A parcel written out: the body a gateway gets, the same in words of each language, and the people where a channel needs them."""

    parcel: Parcel
    body: bytes
    words: Mapping[str, str]
    to: tuple[Contact, ...] = ()

    @property
    def id(self) -> str:
        return self.parcel.id

    def text(self, language: str = "zh") -> str:
        """In a language, else in Chinese."""
        return self.words.get(language) or self.words["zh"]


def who_of(target: str) -> str:
    """A target without its channel."""
    return target.partition("/")[2] if "/" in target else target


def find_people(target: str, area: str, people: Iterable[Person]) -> tuple[Person, ...]:
    """Whom a target means for something in an area: only those who may see it.

    Of a role those on shift, or all of it while none is; `@` an area: of these the nearest to it. A roster is only who is on shift.
    A unit is who handles in it, whatever they see else: what is given to a unit is theirs.
    """
    kind, _, rest = who_of(target).partition(":")
    name, _, near = rest.partition("@")
    seeing = [person for person in people if any((near or area).startswith(prefix) for prefix in person.areas)]
    match kind:
        case "account":
            # Digits are a number: somebody else may be called so.
            return tuple(person for person in people if name == (str(person.account_id) if name.isdecimal() else person.login))
        case "area":
            return tuple(person for person in people if person.role in HANDLES and any(name.startswith(prefix) for prefix in person.areas))
        case "unit":
            return tuple(person for person in people if person.role in HANDLES and str(person.unit) == name)
        case "role" | "roster":
            found = [person for person in seeing if person.role == name]
            here = [person for person in found if person.on_shift]
            chosen = here if here or kind == "roster" else found
            return _nearest(chosen, near) if near else tuple(chosen)
    return ()


def _nearest(people: Sequence[Person], area: str) -> tuple[Person, ...]:
    reach = {person.account_id: max(len(prefix) for prefix in person.areas if area.startswith(prefix)) for person in people}
    return tuple(person for person in people if reach[person.account_id] == max(reach.values()))


def pack(waiting: Sequence[Message], sent: Mapping[Recipients, int], a_minute: int) -> tuple[list[Parcel], list[Message]]:
    """What leaves now, gravest first, and what waits for the minute to pass; nothing is ever left out.

    `sent`: parcels of the last minute by their people. A summary that was begun stays as it is, what was tried alone stays alone: it may
    have arrived. Of the gravest none waits."""
    parcels, later = [], []
    taken: dict[Recipients, int] = defaultdict(int, sent)
    begun: dict[int, list[Message]] = defaultdict(list)
    fresh: dict[tuple[Recipients, str], list[Message]] = defaultdict(list)
    for message in sorted(waiting, key=lambda message: (message.severity, message.outbox_id)):
        if message.bundle is not None:
            begun[message.bundle].append(message)
        elif not message.attempts:
            fresh[message.recipients, message.mark].append(message)
        elif taken[message.recipients] < a_minute or message.severity <= _GRAVEST:
            parcels.append(Parcel((message,)))
            taken[message.recipients] += 1
        else:
            later.append(message)
    parcels += [Parcel(tuple(messages), bundle) for bundle, messages in begun.items()]
    for (recipients, _), messages in fresh.items():
        room = a_minute - taken[recipients]
        waited = [message for message in messages if message.held]
        if room > 0 and len(waited) > 1:  # what waited through a night comes as one
            parcels += _summaries(waited)
            messages, room = [message for message in messages if not message.held], room - 1
        if len(messages) <= room:
            parcels += [Parcel((message,)) for message in messages]
        elif room > 0:
            parcels += [Parcel((message,)) for message in messages[: room - 1]] + _summaries(messages[room - 1 :])
        elif any(message.severity <= _GRAVEST for message in messages):
            parcels += _summaries(messages)
        else:
            later += messages
    return sorted(parcels, key=lambda parcel: (parcel.first.severity, parcel.first.outbox_id)), later


def _summaries(messages: Sequence[Message]) -> list[Parcel]:
    """One, unless it would be longer than anybody's gateway takes."""
    portions = [tuple(messages[k : k + _SUMMARY_AT_MOST]) for k in range(0, len(messages), _SUMMARY_AT_MOST)]
    return [Parcel(portion, min(message.outbox_id for message in portion)) for portion in portions]


def where(error: Exception) -> str:
    """The line that raised it. Its words are not repeated: they may hold an address."""
    last = traceback.extract_tb(error.__traceback__)[-1:]
    return "".join(f"{frame.filename}:{frame.lineno}" for frame in last)


def is_over(parcel: Parcel, outcome: Outcome, most: int) -> bool:
    """Whether to give up: refused for good, or `most` times. While the other side is down nothing is counted against a message."""
    refused = 1 + max(message.refused for message in parcel.messages)
    return not outcome.again or (refused >= most and outcome.is_refusal)


def back_off(attempts: int) -> timedelta:
    """How long to wait after the attempt-th failure: doubling from 2 s up to 10 min."""
    return min(_LATEST_TRY, timedelta(seconds=2.0 ** min(max(attempts, 1), 12)))
