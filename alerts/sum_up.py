"""What the parts of an incident say together: its severity, its title and one line of text. Pure; knows no incident's history.

A part that people found to be nothing (dismissed, false alarm, test) says nothing any more; what is over was still part of it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

NOTHING_LEFT = 5  # severity of an incident all of whose parts were found to be nothing: a mere notice
# In the words of the city's log, as the titles of rules are; screens say them in their reader's language from `parts`.
CHANNELS: Mapping[str, str] = {
    "sensor": "传感器", "video": "视频", "hotline": "热线", "collector": "采集员", "public": "公众", "leader": "领导交办",
    "transfer": "转办", "weather": "气象", "rule": "规则",
}  # fmt: skip
_LONGEST = 4  # kinds of part named in the line; the rest is 其他


@dataclass(frozen=True, slots=True)
class Count:
    """How many parts came by a channel; sensors also by the quantity they measure."""

    channel: str
    metric: str | None
    parts: int


@dataclass(frozen=True, slots=True)
class Told:
    """What is known of the parts that say something. `title` and `severity`: of the worst; None when nothing is left."""

    counts: Sequence[Count]
    title: str | None
    severity: int | None
    since: datetime | None
    place: str | None


@dataclass(frozen=True, slots=True)
class Summary:
    """`title` None: nothing is left that could name it. `parts`: how many by channel."""

    severity: int
    title: str | None
    text: str
    parts: dict[str, int] = field(default_factory=dict)


def sum_up(told: Told, labels: Mapping[str, str], zone: ZoneInfo) -> Summary:
    """`labels`: the names of metrics. The text: 水位 3 · 视频 2 · 热线 14 · 自 12:03 · 北社区."""
    by_word: dict[str, int] = {}
    by_channel: dict[str, int] = {}
    for one in told.counts:
        word = labels.get(one.metric or "") or CHANNELS[one.channel]
        by_word[word] = by_word.get(word, 0) + one.parts
        by_channel[one.channel] = by_channel.get(one.channel, 0) + one.parts
    others = sum(by_channel.values()) - 1
    title = None if told.title is None else f"{told.title} +{others}" if others > 0 else told.title
    text = " · ".join([*_words(by_word), *_since(told, zone)])
    return Summary(NOTHING_LEFT if told.severity is None else told.severity, title, text, dict(sorted(by_channel.items())))


def _words(by_word: Mapping[str, int]) -> list[str]:
    """Sensors first, as the counts come; a long tail is one word."""
    pairs = list(by_word.items())
    named, rest = (pairs, 0) if len(pairs) <= _LONGEST + 1 else (pairs[:_LONGEST], sum(n for _, n in pairs[_LONGEST:]))
    return [f"{word} {n}" for word, n in named] + ([f"其他 {rest}"] if rest else [])


def _since(told: Told, zone: ZoneInfo) -> list[str]:
    since = [f"自 {told.since.astimezone(zone):%H:%M}"] if told.since else []
    return since + ([told.place] if told.place else [])
