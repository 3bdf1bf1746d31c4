"""Which configured feed a topic belongs to, and which filters to subscribe. Pure."""

from collections.abc import Mapping

from core.config import FeedConfig
from ingest.decode.formats import FORMATS

TOPICS_KEPT = 1 << 18


def matches(pattern: str, topic: str) -> bool:
    """MQTT 4.7: `+` is one level, a final `#` all that follow, its parent included; neither first matches `$…`."""
    if topic.startswith("$") and pattern[:1] in ("+", "#"):
        return False
    wanted, given = pattern.split("/"), topic.split("/")
    for place, level in enumerate(wanted):
        if level == "#":
            return True
        if place >= len(given) or level not in ("+", given[place]):
            return False
    return len(wanted) == len(given)


def covers(wide: str, narrow: str) -> bool:
    """Whether every topic of the filter `narrow` also matches `wide`."""
    if wide == narrow:
        return True
    return matches(wide, narrow) and not (narrow.endswith("#") and not wide.endswith("#"))


def filters(feeds: Mapping[str, FeedConfig]) -> list[str]:
    """The filters to subscribe: those that no other one covers, for a broker delivers once for each that matches."""
    wanted = list(dict.fromkeys(topic for feed in feeds.values() if feed.kind == "mqtt" for topic in feed.topics))
    return [each for each in wanted if not any(covers(other, each) for other in wanted if other != each)]


def retained_filters(feeds: Mapping[str, FeedConfig]) -> list[str]:
    """Filters whose messages are retained: presence. A shared subscription never brings retained messages."""
    topics = [(topic, FORMATS[feed.format].retained) for feed in feeds.values() if feed.kind == "mqtt" for topic in feed.topics]
    return list(dict.fromkeys(topic for topic, kept in topics if topic.endswith(kept)))


class FeedOfTopic:
    """topic → name of the first configured feed with a filter for it, '' for none; remembered, bounded."""

    def __init__(self, feeds: Mapping[str, FeedConfig]) -> None:
        self._filters = [(pattern, name) for name, feed in feeds.items() if feed.kind == "mqtt" for pattern in feed.topics]
        self._known: dict[str, str] = {}

    def __call__(self, topic: str) -> str:
        name = self._known.get(topic)
        if name is None:
            name = next((name for pattern, name in self._filters if matches(pattern, topic)), "")
            if len(self._known) >= TOPICS_KEPT:
                self._known.clear()
            self._known[topic] = name
        return name
