"""The jobs process: waits for the lead, then does what only one may do. Composition, threads and the clock; decides nothing.

Start any number: one leads, another takes over within 3 s when it dies or hangs. Every duty is idempotent and asks the
tables what to do, so a change of leader in the middle of one does no harm.
"""

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from threading import Event, Thread
from time import monotonic, sleep, thread_time

import structlog

from alerts.correlate import correlate, horizon
from alerts.listening import SUBJECT, judge
from alerts.rules import Rules
from compose import Parts, run_role
from core.config import Config
from core.errors import StoreUnavailable
from ingest.geocoder import Geocoder
from pipeline import process
from placing import place_waiting
from projector.project import Overtaken, Projector
from store import cameras, correlation, derived, hours, listening, maintenance, media_sweep, quality, rollups, wire_memory
from store.leader import Leader
from store.live import Hints
from store.sweep import sweep
from store.timescale import Connection

_log = structlog.get_logger("jobs")
_ASK_FOR_LEAD_S = 0.5
_CASES_AT_ONCE = 50  # of silent devices: others have their turn in between


def clock() -> datetime:
    """The one place where jobs read the time."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Duty:
    """What the leader does every so many seconds."""

    name: str
    every_s: float
    do: Callable[[datetime], object]


def correlate_incidents(parts: Parts, now: datetime) -> None:
    """Join what is pending."""
    with parts.store.connection() as connection:
        since = horizon(now, parts.config.incidents)
        pending = correlation.read_pending(connection, parts.config, since, now)
        if pending:
            joinings = correlate(pending, correlation.read_open(connection, parts.config, since, now), parts.config.incidents)
            correlation.apply(connection, joinings, now)


def close_settled(parts: Parts, now: datetime) -> None:
    """Incidents that nobody took up and of which nothing is left."""
    with parts.store.connection() as connection:
        correlation.close_settled(connection, now)


def watch_ingest(parts: Parts, rules: Rules, now: datetime) -> None:
    """Ring for the platform itself when nobody listens; once for all feeds, however many devices they bring."""
    feeds = parts.config.feeds
    for name, rule in rules.ingest:
        with parts.store.connection() as connection:
            heard, alert = listening.read(connection, feeds), listening.read_alert(connection, name, SUBJECT)
            told_until = listening.read_told(connection, name, SUBJECT)
            labels = {feed: one.label or feed for feed, one in feeds.items()}
            changes = judge(name, rule, heard, alert, told_until, now, parts.config.area.code, labels)
            listening.tell(connection, changes, now)


def maintain(parts: Parts, rules: Rules, now: datetime) -> None:
    """Cases for devices that were silent too long, a transaction each; and the word that a device is back."""
    of = dict(rules.no_data)
    with parts.store.connection() as connection:
        maintenance.tell_back(connection, now)
        due = maintenance.read_due(connection, rules, now)
    for silence in due[:_CASES_AT_ONCE]:
        with parts.store.connection() as connection:
            maintenance.open_for(connection, silence, of[silence.rule], parts.config, now)


def sweep_deadlines(parts: Parts, now: datetime) -> None:
    with parts.store.connection() as connection:
        sweep(connection, now, parts.config)


def roll_up(parts: Parts, now: datetime) -> None:
    """Take the marks, then compute while there is something to compute: a backlog of years goes in portions."""
    with parts.store.connection() as connection:
        rollups.take_dirty(connection, now)
    with parts.store.connection() as connection:
        rollups.compute_dirty(connection, now)
    computed = 1
    while computed:
        with parts.store.connection() as connection:
            computed = rollups.compute_dirty(connection, now)


def measure_quality(parts: Parts, now: datetime) -> None:
    """Judge the hours that are over, a portion of devices a transaction."""
    with parts.store.connection() as connection:
        hours.schedule(connection, parts.config.quality, now)
    _until_done(parts, quality.measure_next, now)


def derive_figures(parts: Parts, now: datetime) -> None:
    """Figures of the hours that were measured, then of the days that are over with them."""
    _until_done(parts, derived.derive_next, now)
    _until_done(parts, derived.sum_up_next, now)


def _until_done(parts: Parts, work: Callable[[Connection, Config, datetime], bool], now: datetime) -> None:
    going = True
    while going:
        with parts.store.connection() as connection:
            going = work(connection, parts.config, now)


def place_reports(parts: Parts, geocoder: Geocoder, now: datetime) -> None:
    """Reports with an address and no place, whenever the gazetteer knows something new; a city's geocoder is asked only here."""
    parts.city.refresh()
    place_waiting(parts.store, parts.city, parts.city.names.version, geocoder, parts.config, now)


def forget_live(parts: Parts, now: datetime) -> None:
    with parts.store.connection() as connection:
        rollups.forget_live(connection, parts.config.retention, now)
        rollups.mark_silent_feeds(connection, now)
        listening.forget(connection, parts.config.feeds)


def forget_old(parts: Parts, now: datetime) -> None:
    with parts.store.connection() as connection:
        forgotten = rollups.forget_old(connection, parts.config.retention, now)
        forgotten["wire_memory"] = wire_memory.forget(connection, parts.config, now)
        forgotten["quality"] = quality.forget_old(connection, now - parts.config.retention.readings)
        forgotten["derived"] = derived.forget_old(connection, now - parts.config.retention.audit)
        forgotten["camera_words"] = cameras.forget(connection, now - parts.config.retention.readings)
    _log.info("retention", **forgotten)


def sweep_media(parts: Parts, now: datetime) -> None:
    """End pictures whose time is over, and bring folder and table together."""
    if swept := media_sweep.sweep(parts.store, parts.settings.media, parts.config.retention.media, now):
        _log.info("media_swept", **asdict(swept))


def lanes(parts: Parts, projector: Projector) -> dict[str, Sequence[Duty]]:
    """Duties that may wait for each other share a lane; a lane is a thread."""
    geocoder = Geocoder(parts.config.places.geocoder, parts.settings.geocoder_key)
    deps = parts.pipeline()  # its cache belongs to the lane that looks for what fell due
    return {
        "projector": [Duty("project", 0.1, projector.tick)],
        "desk": [
            Duty("correlate", 0.4, lambda now: correlate_incidents(parts, now)),
            Duty("close_settled", 10.0, lambda now: close_settled(parts, now)),
            Duty("sweep", 1.0, lambda now: sweep_deadlines(parts, now)),
            Duty("maintain", 10.0, lambda now: maintain(parts, deps.rules, now)),
            Duty("watch_ingest", 1.0, lambda now: watch_ingest(parts, deps.rules, now)),
            # An empty batch: with every worker dead there is nobody else to see that a device fell silent.
            Duty("due", 1.0, lambda now: process([], now, deps)),
        ],
        "keeper": [
            Duty("forget_live", 10.0, lambda now: forget_live(parts, now)),
            Duty("roll_up", 30.0, lambda now: roll_up(parts, now)),
            Duty("retention", 3600.0, lambda now: forget_old(parts, now)),
        ],
        "media": [Duty("media", 3600.0, lambda now: sweep_media(parts, now))],
        "places": [Duty("place_waiting", 5.0, lambda now: place_reports(parts, geocoder, now))],
        "figures": [
            Duty("quality", 10.0, lambda now: measure_quality(parts, now)),
            Duty("derive", 10.0, lambda now: derive_figures(parts, now)),
        ],
    }


def run_lane(duties: Sequence[Duty], leads: Event, stop: Event, lost: Callable[[], None]) -> None:
    """Do each duty when it is due, while this process leads. A duty that fails is done again at its next turn."""
    due = {duty.name: 0.0 for duty in duties}
    while not stop.is_set():
        if not leads.wait(0.2):
            due = {duty.name: 0.0 for duty in duties}
            lost()
            continue
        for duty in duties:
            if monotonic() >= due[duty.name] and leads.is_set() and not stop.is_set():
                started, worked = monotonic(), thread_time()
                _do(duty)
                # Never more than a quarter of a core of our own for one duty, however large the city; waiting costs nobody.
                rest = 3 * (thread_time() - worked) * (duty.every_s < 1)
                due[duty.name] = max(started + duty.every_s, monotonic() + rest)
        stop.wait(max(0.0, min(due.values()) - monotonic()))


def _do(duty: Duty) -> None:
    try:
        duty.do(clock())
    except StoreUnavailable as away:
        _log.warning("store_away", duty=duty.name, why=str(away))
        sleep(0.5)
    except Overtaken as overtaken:
        _log.warning("overtaken", duty=duty.name, why=str(overtaken))
    except Exception:  # one duty's fault must not end the others
        _log.exception("duty_failed", duty=duty.name)
        sleep(0.5)


def keep_lead(leader: Leader, leads: Event, stop: Event) -> None:
    """Ask for the lead until told to stop."""
    while not stop.is_set():
        try:
            holds = leader.lead()
        except StoreUnavailable as away:
            holds = False
            if leads.is_set():
                _log.warning("lead_lost", why=str(away))
        if holds and not leads.is_set():
            _log.info("leading", pid=os.getpid())
            leads.set()
        elif not holds:
            leads.clear()
        stop.wait(_ASK_FOR_LEAD_S)
    leads.clear()
    leader.close()


def run(parts: Parts, stop: Event) -> None:
    """Until `stop` is set."""
    leads, hints = Event(), Hints(parts.settings.redis_url or None)
    projector = Projector(parts.store, parts.live, hints, parts.config)
    threads = [
        Thread(target=run_lane, name=name, args=(duties, leads, stop, projector.forget), daemon=True)
        for name, duties in lanes(parts, projector).items()
    ]
    for thread in threads:
        thread.start()
    keep_lead(Leader(parts.settings.database_url), leads, stop)
    for thread in threads:
        thread.join(5)
    hints.close()
    parts.live.close()


def main() -> int:
    return run_role("jobs", 6, run)


if __name__ == "__main__":
    sys.exit(main())
