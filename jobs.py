"""The jobs process: waits for the lead, then does what only one may do (`duties`). Composition, threads and the clock; decides nothing.

Start any number: one leads, another takes over within 3 s when it dies or hangs. Every duty is idempotent and asks the
tables what to do, so a change of leader in the middle of one does no harm.
"""

import os
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from threading import Event, Thread
from time import monotonic, sleep, thread_time

import structlog

from compose import Parts, run_role
from core.errors import StoreUnavailable
from duties import lanes
from duty import Duty, Faults
from projector.project import Overtaken, Projector
from store.leader import Leader
from store.live import Hints

_log = structlog.get_logger("jobs")
_ASK_FOR_LEAD_S = 0.5


def clock() -> datetime:
    """The one place where jobs read the time."""
    return datetime.now(UTC)


def run_lane(duties: Sequence[Duty], leads: Event, stop: Event, lost: Callable[[], None]) -> None:
    """Do each duty when it is due, while this process leads. A duty that fails is done again at its next turn."""
    due, faults = {duty.name: 0.0 for duty in duties}, Faults()
    while not stop.is_set():
        if not leads.wait(0.2):
            due = {duty.name: 0.0 for duty in duties}
            lost()
            continue
        for duty in duties:
            if monotonic() >= due[duty.name] and leads.is_set() and not stop.is_set():
                started, worked = monotonic(), thread_time()
                _do(duty, faults)
                # Never more than a quarter of a core of our own for one duty, however large the city; waiting costs nobody.
                rest = 3 * (thread_time() - worked) * (duty.every_s < 1)
                due[duty.name] = max(started + duty.every_s, monotonic() + rest)
        stop.wait(max(0.0, min(due.values()) - monotonic()))


def _do(duty: Duty, faults: Faults) -> None:
    try:
        duty.do(clock())
        if times := faults.over(duty.name):
            _log.info("duty_works_again", duty=duty.name, failed=times)
    except StoreUnavailable as away:
        if faults.is_news(duty.name, away):
            _log.warning("store_away", duty=duty.name, why=str(away))
        sleep(0.5)
    except Overtaken as overtaken:
        _log.warning("overtaken", duty=duty.name, why=str(overtaken))
    except Exception as fault:  # one duty's fault must not end the others
        if faults.is_news(duty.name, fault):
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
    return run_role("jobs", 8, run, clock)


if __name__ == "__main__":
    sys.exit(main())
