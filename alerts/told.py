"""What a report means: which rules ring for it, and what ends with it. Pure. A report rings once, however often it is told."""

from collections.abc import Iterator

from alerts.board import Board
from alerts.rules import Rules
from alerts.valid import may_ring
from core.changes import AlertRaised, AlertReturned, Change
from core.config import ReportRule
from core.facts import ReportMoved
from core.model import Report


def subject_of(moved: ReportMoved) -> str:
    return f"report:{moved.report.source}/{moved.report.external_id}"


def hear(rules: Rules, moved: ReportMoved, board: Board) -> Iterator[Change]:
    """Every rule that rings for reports."""
    report, subject = moved.report, subject_of(moved)
    for name, rule in rules.reports:
        key = (name, subject)
        alert = board.alerts.get(key)
        if alert and report.ended and alert.is_active:
            yield board.move(alert, AlertReturned(alert.alert_id, report.observed_at, None))
        elif alert is None and key not in board.facts.rung and _rings(rules, rule, moved):
            yield board.raise_(_raised(rules, name, rule, moved, ended=subject in board.ended))


def _rings(rules: Rules, rule: ReportRule, moved: ReportMoved) -> bool:
    report = moved.report
    if moved.history or not may_ring(rule.valid, report.observed_at, rules.zone):
        return False
    if rule.channels and report.channel not in rule.channels:
        return False
    if rule.classes and report.class_code not in rule.classes:
        return False
    return rule.min_confidence <= 0 or (report.confidence is not None and report.confidence >= rule.min_confidence)


def _title(report: Report) -> str:
    """An alert is read by all: of a confidential ticket it has the number only."""
    return f"保密工单 {report.external_id}" if report.extra.get("confidential") is True else report.title


def _raised(rules: Rules, name: str, rule: ReportRule, moved: ReportMoved, *, ended: bool) -> AlertRaised:
    report = moved.report
    class_code = report.class_code or rule.class_code
    return AlertRaised(
        rule=name, subject=subject_of(moved), severity=min(rule.severity, report.severity or 5), title=_title(report),
        domain=rules.class_domains.get(class_code or "", "urban"), class_code=class_code, area=moved.area, cell_id=moved.cell_id,
        lon=moved.lon, lat=moved.lat, observed_at=report.observed_at, report_id=moved.report_id, ended=ended, value=report.confidence,
        drill=moved.drill or rule.drill, simulated=moved.simulated, revision=rules.revisions.get(name),
    )  # fmt: skip
