"""The rules of the configuration, arranged so that a reading finds those that concern it in one look-up."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from core.config import Config, IngestRule, NoDataRule, ReportRule, ThresholdRule


@dataclass(frozen=True, slots=True)
class Place:
    """Where a device stands, for those who know no more of it."""

    domain: str
    area: str


class Concerned(Protocol):
    """What a rule's scope asks of a device."""

    @property
    def domain(self) -> str: ...
    @property
    def area(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Rules:
    """`thresholds` by metric name; the others in order of the configuration. `class_domains`: whose business a class is."""

    thresholds: Mapping[str, tuple[tuple[str, ThresholdRule], ...]]
    no_data: tuple[tuple[str, NoDataRule], ...]
    reports: tuple[tuple[str, ReportRule], ...]
    class_domains: Mapping[str, str]
    ingest: tuple[tuple[str, IngestRule], ...] = ()

    @property
    def metrics(self) -> frozenset[str]:
        """Metrics that some rule looks at."""
        return frozenset(self.thresholds)


def arrange(config: Config) -> Rules:
    """Sort the configured rules by what they look at."""
    thresholds: dict[str, list[tuple[str, ThresholdRule]]] = {}
    no_data: list[tuple[str, NoDataRule]] = []
    reports: list[tuple[str, ReportRule]] = []
    ingest: list[tuple[str, IngestRule]] = []
    for name, rule in config.rules.items():
        match rule:
            case ThresholdRule():
                thresholds.setdefault(rule.metric, []).append((name, rule))
            case NoDataRule():
                no_data.append((name, rule))
            case ReportRule():
                reports.append((name, rule))
            case IngestRule():
                ingest.append((name, rule))
    return Rules(
        {metric: tuple(found) for metric, found in thresholds.items()},
        tuple(no_data),
        tuple(reports),
        {code: kind.domain for code, kind in config.classes.items()},
        tuple(ingest),
    )


def concerns(rule: ThresholdRule | NoDataRule, device: Concerned) -> bool:
    """Whether a device lies in the scope of a rule."""
    return (not rule.domains or device.domain in rule.domains) and (
        not rule.areas or any(device.area.startswith(area) for area in rule.areas)
    )
