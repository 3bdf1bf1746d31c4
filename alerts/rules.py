"""The rules in force, arranged so that a reading finds those that concern it in one look-up, however many there are."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from alerts.standing import Concern, Filed, Standing, file, stand
from core.config import ClassConfig, Config, IngestRule, NoDataRule, ReportRule
from core.facts import KnownDevice
from core.rule_config import CityRule, Flapping, MetricRule, ProofRule, Rule

NOBODY = Concern()  # of a metric that no rule looks at
_UTC = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True)
class Place:
    """What rules ask of a device, for those who know no more of it."""

    domain: str
    area: str
    device: str
    kind: str | None
    cell_code: str | None
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rules:
    """`filed`: by metric; the others in order of the configuration. Disabled rules are not there.

    `class_domains`: whose business a class is. `names`: of all rules. `revisions`: rule → the words in force, where they are kept.
    """

    filed: Mapping[str, Filed]
    no_data: tuple[tuple[str, NoDataRule], ...]
    reports: tuple[tuple[str, ReportRule], ...]
    class_domains: Mapping[str, str]
    ingest: tuple[tuple[str, IngestRule], ...] = ()
    proofs: tuple[tuple[str, ProofRule], ...] = ()
    names: frozenset[str] = frozenset()
    flapping: Flapping = field(default_factory=Flapping)
    zone: ZoneInfo = _UTC
    revisions: Mapping[str, int] = field(default_factory=dict)
    city: tuple[tuple[str, CityRule], ...] = ()  # of more than one subject: the leader's
    asking: frozenset[str] = frozenset()  # metrics of which some rule must know the past
    _known: dict[tuple[int, str], tuple[KnownDevice, Concern]] = field(default_factory=dict, repr=False, compare=False)

    @property
    def metrics(self) -> frozenset[str]:
        """Metrics that some rule looks at."""
        return frozenset(self.filed)

    def concern(self, device: KnownDevice, metric: str) -> Concern:
        """The rules on one metric of one device. Remembered until the device is another."""
        known = self._known.get((device.device_id, metric))
        if known is not None and (known[0] is device or _same(known[0], device)):
            return known[1]
        filed = self.filed.get(metric)
        found = filed.concern(device) if filed else NOBODY
        self._known[device.device_id, metric] = device, found
        return found

    def of(self, device: KnownDevice, metric: str) -> tuple[Standing, ...]:
        """The same in order of the configuration."""
        return self.concern(device, metric).standing


def _same(one: KnownDevice, other: KnownDevice) -> bool:
    """As far as scopes can tell: each thread has read the device for itself."""
    return (
        one.area == other.area and one.tags == other.tags and one.kind == other.kind and one.cell_code == other.cell_code
        and one.domain == other.domain and one.device == other.device
    )  # fmt: skip


def arrange(
    rules: Mapping[str, Rule], classes: Mapping[str, ClassConfig], zone: ZoneInfo = _UTC, flapping: Flapping | None = None,
    revisions: Mapping[str, int] | None = None,
) -> Rules:  # fmt: skip
    """Sort rules by what they look at. Pure: the same mapping gives the same rules. `zone`: in which their valid times are told."""
    metrics: dict[str, list[Standing]] = {}
    no_data: list[tuple[str, NoDataRule]] = []
    reports: list[tuple[str, ReportRule]] = []
    ingest: list[tuple[str, IngestRule]] = []
    proofs: list[tuple[str, ProofRule]] = []
    enabled = {name: rule for name, rule in rules.items() if rule.enabled}
    for place, (name, rule) in enumerate(enabled.items()):
        match rule:
            case MetricRule():
                metrics.setdefault(rule.metric, []).append(stand(name, rule, place))
            case NoDataRule():
                no_data.append((name, rule))
            case ReportRule():
                reports.append((name, rule))
            case IngestRule():
                ingest.append((name, rule))
            case ProofRule():
                proofs.append((name, rule))
    return Rules(
        {metric: file(found) for metric, found in metrics.items()},
        tuple(no_data),
        tuple(reports),
        {code: kind.domain for code, kind in classes.items()},
        tuple(ingest),
        tuple(proofs),
        frozenset(enabled),
        flapping or Flapping(),
        zone,
        revisions or {},
        tuple((name, rule) for name, rule in enabled.items() if isinstance(rule, CityRule)),
        frozenset(metric for metric, found in metrics.items() if any(one.measure.asks for one in found)),
    )


def arrange_config(config: Config) -> Rules:
    """The rules as the configuration alone has them."""
    return arrange(config.rules, config.classes, config.area.zone, config.flapping)
