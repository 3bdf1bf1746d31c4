"""Duties that sum up, measure, report and forget: what nobody waits for at a desk. Idempotent; the clock is a parameter. Composition."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime

import structlog

from alerts import measure_usual
from api.recorder import record
from compose import Parts
from core.config import Config
from core.indicator_config import COUNTED_NOW
from core.model import EVERYWHERE
from core.text import Text
from duty import Duty
from store import (
    baselines,
    cameras,
    counted,
    day_sums,
    definitions,
    derived,
    escalations,
    field,
    hours,
    indicator_values,
    listening,
    media_sweep,
    morning,
    outbox,
    patrols,
    probes,
    quality,
    replay,
    retention,
    rollups,
    sweep_faults,
    vital_scores,
    windows,
    wire_memory,
)
from store.timescale import Connection

_log = structlog.get_logger("jobs")


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


def sum_days(parts: Parts, now: datetime) -> None:
    """Sum up one day of measured hours; years of them go one after another, with everything else in between."""
    with parts.store.connection() as connection:
        day_sums.sum_next(connection, parts.config, now)


def keep_usual(parts: Parts, now: datetime) -> None:
    """What is usual this hour and the next, for the rules that go by it; done once an hour, looked at more often."""
    with parts.store.connection() as connection:
        wanted = measure_usual.asked(parts.rulebook.open(connection).config.rules.values())
        if wanted:
            baselines.keep_next(connection, wanted, parts.config.area.zone, now)


def _until_done(parts: Parts, work: Callable[[Connection, Config, datetime], bool], now: datetime) -> None:
    going = True
    while going:
        with parts.store.connection() as connection:
            going = work(connection, parts.config, now)


def record_live(parts: Parts, now: datetime) -> None:
    """Keep what screens are told, for the replay; before it is forgotten."""
    record(parts.store, parts.config, now)


def forget_live(parts: Parts, now: datetime) -> None:
    with parts.store.connection() as connection:
        rollups.forget_live(connection, parts.config.retention, now)
        rollups.mark_silent_feeds(connection, now)
        listening.forget(connection, parts.config.feeds)


def keep_indicators(parts: Parts, now: datetime) -> None:
    """Record the catalogue as the file has it, the score of the vital signs, and once a day what stands now."""
    config, day = parts.config, now.astimezone(parts.config.area.zone).date()
    with parts.store.connection() as connection:
        definitions.record_file(connection, config, now)
        if vital_scores.keep(connection, config, now) and not indicator_values.held(
            connection, EVERYWHERE, COUNTED_NOW, config.area.code, day, day
        ):
            counts = counted.tally(connection, EVERYWHERE, COUNTED_NOW, config.area.code, None, now)
            indicator_values.note_daily(connection, counts, config.area.code, now, day)


def forget_old(parts: Parts, now: datetime) -> None:
    with parts.store.connection() as connection:
        forgotten = rollups.forget_old(connection, parts.config.retention, now)
        forgotten["wire_memory"] = wire_memory.forget(connection, parts.config, now)
        forgotten["quality"] = quality.forget_old(connection, now - parts.config.retention.readings)
        forgotten["derived"] = derived.forget_old(connection, now - parts.config.retention.audit)
        forgotten["camera_words"] = cameras.forget(connection, now - parts.config.retention.readings)
        forgotten["usual"] = baselines.forget(connection, now) + windows.forget(connection, now)
        forgotten["escalations"] = escalations.forget(connection, now - parts.config.retention.readings)
        forgotten["sweep_faults"] = sweep_faults.forget_faults(connection, now)
        forgotten |= retention.forget_desk(connection, parts.config.retention, now)
        forgotten["vital_scores"] = vital_scores.forget(connection, parts.config, now)
        forgotten["probes"] = probes.forget(connection, now - parts.config.retention.readings)
        forgotten["patrol_tracks"] = patrols.forget_tracks(connection, now - parts.config.retention.readings)
        forgotten["field_positions"] = field.forget_positions(connection, now - parts.config.retention.readings)
        forgotten["replay"] = replay.forget(connection, now - parts.config.retention.replay)
        forgotten["outbox"] = outbox.forget(connection, now - parts.config.retention.readings, now - parts.config.retention.audit)
    _log.info("retention", **forgotten)


def sweep_media(parts: Parts, now: datetime) -> None:
    """End pictures whose time is over, and bring folder and table together."""
    if swept := media_sweep.sweep(parts.store, parts.settings.media, parts.config.retention.media, now):
        _log.info("media_swept", **asdict(swept))


def report_morning(parts: Parts, texts: Mapping[str, Text], now: datetime) -> None:
    """The morning report, once its hour has come; asked more often."""
    with parts.store.connection() as connection:
        if report_id := morning.make_due(connection, parts.config, texts, now):
            _log.info("morning_report", report=report_id)


def keeping(parts: Parts) -> list[Duty]:
    """What sums up and measures hours, and makes figures of them."""
    return [
        Duty("roll_up", 30.0, lambda now: roll_up(parts, now)),
        Duty("quality", 10.0, lambda now: measure_quality(parts, now)),
        Duty("derive", 10.0, lambda now: derive_figures(parts, now)),
        Duty("day_sums", 10.0, lambda now: sum_days(parts, now)),
        Duty("usual", 60.0, lambda now: keep_usual(parts, now)),
    ]
