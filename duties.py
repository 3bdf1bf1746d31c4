"""What the leader does every so many seconds, as lists of duties: each is idempotent and asks the tables what to do. Composition.

`jobs` runs them by the clock, a story (`story`) by its own time: both run these same lists. The clock is a parameter.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from alerts import proof
from alerts.correlate import correlate, horizon
from alerts.listening import SUBJECT, judge
from alerts.rules import Rules
from answering import Answering
from compose import Parts
from core.escalation_config import SCREEN
from core.notify_config import PROBE
from core.text import load_texts
from delivery import TEXTS, Outgoing, deliver_inside
from duty import Duty
from ingest.geocoder import Geocoder
from keeping import forget_live, forget_old, keep_indicators, keeping, record_live, report_morning, sweep_media
from pipeline import Deps, process
from placing import place_waiting
from projector.project import Projector
from proving import Prover
from store import (
    city_rules,
    correlation,
    emergency_tasks,
    escalations,
    hazards,
    hotline_follow,
    incident_sums,
    listening,
    maintenance,
    notices,
    orders,
    patrol_plans,
    patrols,
    probes,
    rejudge,
    rule_orphans,
    storms,
)
from store.city_memory import CityMemory
from store.clock_calendar import follow_calendar
from store.sweep import PARTS

_PORTIONS_AT_ONCE = 12  # of alerts judged anew: joining and deadlines have their turn in between
_CASES_AT_ONCE = 50  # of silent devices: others have their turn in between


def correlate_incidents(parts: Parts, now: datetime) -> None:
    """Join what is pending, and let incidents say what their parts say."""
    with parts.store.connection() as connection:
        since = horizon(now, parts.config.incidents)
        pending = correlation.read_pending(connection, parts.config, since, now)
        known = correlation.read_open(connection, parts.config, since, now) if pending else []
    for portion in correlation.portions(correlate(pending, known, parts.config.incidents)):
        with parts.store.connection() as connection:
            correlation.apply(connection, portion, parts.config, now)
    with parts.store.connection() as connection:
        incident_sums.follow_parts(connection, parts.config, now)


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


def watch_storm(parts: Parts, now: datetime) -> None:
    """Whether more arrives than the desk can take."""
    with parts.store.connection() as connection:
        storms.keep(connection, parts.config, now)


def end_orphans(parts: Parts, looked: rule_orphans.Looked, now: datetime) -> None:
    """Alerts of rules that are over, or that no longer concern them: no reading will ever tell of their end."""
    with parts.store.connection() as connection:
        rule_orphans.end_orphans(connection, parts.rulebook.open(connection), looked, now)


def watch_city(parts: Parts, memory: CityMemory, now: datetime) -> None:
    """Rules that more than one subject decides."""
    with parts.store.connection() as connection:
        city_rules.watch(connection, parts.rulebook.open(connection).rules, memory, now)


def suppress(parts: Parts, now: datetime) -> None:
    """Judge anew whom silences, inhibitions or a move of their own concern; a flood of them goes in portions, the rest next time."""
    with parts.store.connection() as connection:
        rejudge.prepare(connection, parts.config.inhibitions, now)
    for _ in range(_PORTIONS_AT_ONCE):
        with parts.store.connection() as connection:
            if not rejudge.judge_next(connection, now):
                return


def sweep_part(parts: Parts, name: str, now: datetime) -> None:
    """One part of what falls due by itself."""
    with parts.store.connection() as connection:
        PARTS[name](connection, now, parts.config)


def keep_calendar(parts: Parts, now: datetime) -> None:
    """Deadlines follow the work calendar when it has changed, a portion a transaction; of a large city the rest next time."""
    for _ in range(_PORTIONS_AT_ONCE):
        with parts.store.connection() as connection:
            if not follow_calendar(connection, parts.config, now):
                return


def watch_tasks(parts: Parts, now: datetime) -> None:
    """Tasks of emergencies whose time is over."""
    with parts.store.connection() as connection:
        emergency_tasks.mark_overdue(connection, now)


def escalate(parts: Parts, now: datetime) -> None:
    """Tell whoever is next of what nobody answers, and mark what nobody answered in time."""
    escalations.sweep(parts.store, parts.config.escalations, now)


def keep_patrols(parts: Parts, now: datetime) -> None:
    """Make the patrols of the days to come, and tell of those whose time is over."""
    with parts.store.connection() as connection:
        patrol_plans.make_due(connection, parts.config.organisation.patrol, now)
        patrols.sweep(connection, now)


def put_notices(parts: Parts, now: datetime) -> None:
    """What people are to be told on their desks."""
    deliver_inside(parts.store, SCREEN, notices.put, parts.config.notify, now)
    deliver_inside(parts.store, PROBE, probes.arrive, parts.config.notify, now)


def follow_tickets(parts: Parts, now: datetime) -> None:
    """Tickets of the hotline follow their reports and cases, a portion a transaction."""
    followed = 1
    while followed:
        with parts.store.connection() as connection:
            followed = hotline_follow.follow(connection, parts.config, now)
    with parts.store.connection() as connection:
        hotline_follow.sweep(connection, now)


def watch_path(parts: Parts, rules: Rules, now: datetime) -> None:
    """Ring for the platform itself when what goes in at the wire does not come out as a notification."""
    for name, rule in rules.proofs:
        with parts.store.connection() as connection:
            if proofs := probes.read_proofs(connection, now - rule.at_least * 2):
                alert = listening.read_alert(connection, name, proof.SUBJECT)
                listening.tell(connection, proof.judge(name, rule, proofs, alert, now, parts.config.area.code), now)


def place_reports(parts: Parts, geocoder: Geocoder, now: datetime) -> None:
    """Reports with an address and no place, whenever the gazetteer knows something new; a city's geocoder is asked only here."""
    parts.city.refresh()
    place_waiting(parts.store, parts.city, parts.city.names.version, geocoder, parts.config, now)


def watch_ledgers(parts: Parts, now: datetime) -> None:
    """Orders and hazards whose term is over: told once."""
    with parts.store.connection() as connection:
        orders.mark_overdue(connection, now)
        hazards.mark_overdue(connection, now)


def desk(parts: Parts, deps: Deps) -> list[Duty]:
    """What alerts, incidents and their clocks wait for. `deps`: of the thread that runs these, and of no other."""
    memory, looked = CityMemory(), rule_orphans.Looked()
    return [
        Duty("storm", 2.0, lambda now: watch_storm(parts, now)),
        Duty("city", 0.5, lambda now: watch_city(parts, memory, now)),
        Duty("suppress", 1.0, lambda now: suppress(parts, now)),  # before what is held would be joined
        Duty("correlate", 0.4, lambda now: correlate_incidents(parts, now)),
        Duty("close_settled", 10.0, lambda now: close_settled(parts, now)),
        Duty("end_orphans", 1.0, lambda now: end_orphans(parts, looked, now)),
        Duty("calendar", 1.0, lambda now: keep_calendar(parts, now)),  # before what is due by the old one would be told
        *(Duty(name, 1.0, partial(sweep_part, parts, name)) for name in PARTS),
        Duty("tasks", 1.0, lambda now: watch_tasks(parts, now)),
        Duty("escalate", 1.0, lambda now: escalate(parts, now)),
        Duty("ledgers", 5.0, lambda now: watch_ledgers(parts, now)),
        Duty("patrols", 5.0, lambda now: keep_patrols(parts, now)),
        Duty("notices", 1.0, lambda now: put_notices(parts, now)),
        Duty("maintain", 10.0, lambda now: maintain(parts, deps.rules, now)),
        Duty("watch_path", 2.0, lambda now: watch_path(parts, deps.rules, now)),
        Duty("watch_ingest", 1.0, lambda now: watch_ingest(parts, deps.rules, now)),
        # An empty batch: with every worker dead there is nobody else to see that a device fell silent.
        Duty("due", 1.0, lambda now: process([], now, deps)),
    ]


def outgoing(parts: Parts) -> dict[str, Sequence[Duty]]:
    """A lane for each way out of the house: one that hangs delays no other."""
    ways = [Outgoing(name, parts.config, parts.settings) for name in parts.config.notify.channels]
    lanes: dict[str, Sequence[Duty]] = {
        f"notify-{way.name}": [Duty(f"notify-{way.name}", 1.0, partial(way.deliver, parts.store))] for way in ways
    }
    return lanes | {"hotline": hotline(parts)}


def hotline(parts: Parts) -> list[Duty]:
    """Tickets, and what the platform is to know of them: a lane of its own, a day's list comes all at once."""
    answering = Answering(parts.config, parts.settings)
    return [
        Duty("tickets", 1.0, lambda now: follow_tickets(parts, now)),
        Duty("answer_hotline", 1.0, lambda now: answering.deliver(parts.store, now)),
    ]


def proving(parts: Parts) -> dict[str, Sequence[Duty]]:
    """A lane of its own: a proof waits for all the others."""
    every_s = parts.config.probe.every.total_seconds()
    return {"proof": [Duty("prove", every_s, Prover(parts).prove)]} if every_s and parts.settings.prove else {}


def lanes(parts: Parts, projector: Projector) -> dict[str, Sequence[Duty]]:
    """Duties that may wait for each other share a lane; a lane is a thread."""
    sums, *figures = keeping(parts)
    texts = load_texts(TEXTS)
    geocoder = Geocoder(parts.config.places.geocoder, parts.settings.geocoder_key)
    return {
        "projector": [Duty("project", 0.1, projector.tick)],
        "desk": desk(parts, parts.pipeline()),
        "keeper": [
            Duty("morning", 20.0, lambda now: report_morning(parts, texts, now)),
            Duty("record", 5.0, lambda now: record_live(parts, now)),
            Duty("forget_live", 10.0, lambda now: forget_live(parts, now)),
            sums,
            Duty("indicators", 30.0, lambda now: keep_indicators(parts, now)),
            Duty("retention", 3600.0, lambda now: forget_old(parts, now)),
        ],
        "media": [Duty("media", 3600.0, lambda now: sweep_media(parts, now))],
        "places": [Duty("place_waiting", 5.0, lambda now: place_reports(parts, geocoder, now))],
        "figures": figures,
        **outgoing(parts),
        **proving(parts),
    }
