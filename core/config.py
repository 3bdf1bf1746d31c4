"""`config.yaml` → one frozen `Config`. Every problem is reported at once, with its path and a did-you-mean.

Secrets never stand here: they come from the environment (`NAME` or `NAME_FILE`, see `core.settings`).
"""

import difflib
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, Field, ValidationError, model_validator

from core.camera_wall_config import CamerasConfig, CameraWallConfig
from core.case_config import CasesConfig
from core.checks import cross_check
from core.codes.water_tags import WaterTag
from core.duty_config import DutyConfig
from core.emergency_config import EmergencyConfig
from core.errors import ConfigError, Problem
from core.escalation_config import EscalationPolicy
from core.evaluation_config import EvaluationConfig
from core.feed_config import FeedConfig, IngestConfig
from core.field_config import FieldConfig
from core.hotline_config import HotlineConfig
from core.incident_config import IncidentConfig
from core.indicator_config import CockpitConfig
from core.ledger_config import LedgerConfig, PaperConfig
from core.map_config import MapConfig
from core.menu_config import ModuleConfig, ModuleName, in_force, nearest
from core.menu_config import faults as menu_faults
from core.notify_config import NotifyConfig
from core.organisation_config import OrganisationConfig
from core.place_config import PlacesConfig
from core.probe_config import ProbeConfig
from core.quality_config import DerivedConfig, QualityConfig
from core.rule_config import RULE_KINDS, Flapping, IngestRule, NoDataRule, ReportRule, Rule, RulePart, ThresholdRule
from core.rule_files import Gathered, gather, read_yaml
from core.screen_config import LayoutConfig, TileConfig, WallContentConfig, WallName, strangers
from core.setting import AreaCode, ClassCode, Domain, Duration, Part, Zone
from core.storm_config import StormConfig
from core.suppress_config import InhibitionConfig, SilencesConfig
from core.theme_config import ThemeConfig, ThemeName
from core.wall_config import WallControlConfig
from core.work_config import WorkConfig
from core.works_config import PlannedWorksConfig


class AreaConfig(Part):
    """The city or district whose centre this is."""

    code: AreaCode
    name: str
    name_en: str
    title: str = "城市运行“一网统管”态势总览"
    title_en: str = "City Operations Centre"
    timezone: Zone = "Asia/Shanghai"

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)


class MetricConfig(Part):
    """A quantity: its name on the screens, unit and plausible range. `tags` of water: those of `core.codes.water_tags` unless given."""

    label: str
    label_en: str
    unit: str = ""
    kind: Literal["number", "text"] = "number"
    min: float | None = None
    max: float | None = None
    decimals: int = Field(1, ge=0, le=6)
    tags: tuple[WaterTag, ...] | None = None


class ClassConfig(Part):
    """An event class: 4 digits, 2 big and 2 small; each city brings its own."""

    label: str
    label_en: str
    group: str
    domain: Domain
    severity: int = Field(4, ge=1, le=5)
    deadline: Duration


class VitalConfig(Part):
    """A vital sign on the wall: one metric folded over the area."""

    metric: str
    label: str
    label_en: str
    fold: Literal["mean", "max", "min", "sum"]
    good: float | None = None
    bad: float | None = None


class MeasureConfig(Part):
    """What the cells of the map may show: six classes between five limits, of a metric or `of` something counted; else the risk index.

    aqi: the index of the pollutants measured near, by the table of the hour. cases: open ones within `radius_m` of a cell's middle.
    complaints: the day's reports of citizens there. devices: % of those there that are not online. response: minutes until the day's
    alerts there were acknowledged, on the mean.
    """

    label: str
    label_en: str
    metric: str | None = None
    of: Literal["aqi", "cases", "complaints", "devices", "response"] | None = None
    fold: Literal["mean", "max"] = "mean"
    limits: tuple[float, float, float, float, float]
    radius_m: float = Field(250, gt=0)

    @model_validator(mode="after")
    def _one_source(self) -> "MeasureConfig":
        if self.metric is not None and self.of is not None:
            raise ValueError("a measure shows a metric or is of something counted, not both")
        return self


class ScreenConfig(Part):
    """What the screens show: vital signs, measures of the map, the walls and their layouts (walls.md)."""

    vitals: tuple[VitalConfig, ...] = ()
    measures: dict[str, MeasureConfig] = {}
    theme: Literal["dark", "light"] = "dark"
    tiles: dict[str, TileConfig] = {}
    walls: dict[WallName, WallContentConfig] = {}
    layouts: dict[str, LayoutConfig] = {"standard": LayoutConfig()}

    @model_validator(mode="after")
    def _walls_show_what_there_is(self) -> "ScreenConfig":
        vitals = {f"{vital.metric}_{vital.fold}" for vital in self.vitals}
        wrong = list(strangers(self.walls, tiles=self.tiles, vitals=vitals, layouts=self.layouts))
        if wrong:
            raise ValueError("; ".join(wrong))
        return self


class RetentionConfig(Part):
    """How long things are kept; the law asks 180 days for the audit. Pictures also as long after whatever they belong to was closed."""

    readings: Duration = timedelta(days=30)
    rejected: Duration = timedelta(days=30)
    media: Duration = timedelta(days=180)
    audit: Duration = timedelta(days=365)
    live: Duration = timedelta(minutes=10)
    replay: Duration = timedelta(days=7)

    @model_validator(mode="after")
    def _audit_outlives_pictures(self) -> "RetentionConfig":
        """The audit tells when a report was decided, and from then on its pictures are kept."""
        if self.media > self.audit:
            raise ValueError("media is kept longer than audit, which tells when a report was decided: raise audit too")
        return self


class Config(Part):
    """All that a city changes."""

    area: AreaConfig
    ingest: IngestConfig = IngestConfig()
    feeds: dict[str, FeedConfig]
    metrics: dict[str, MetricConfig]
    classes: dict[ClassCode, ClassConfig]
    rules_files: tuple[str, ...] = ()  # files of further rules, from the folder of this one: rules/*.yaml
    rules: dict[str, Rule]
    flapping: Flapping = Flapping()
    incidents: IncidentConfig = IncidentConfig()
    storm: StormConfig = StormConfig()
    screens: ScreenConfig = ScreenConfig()
    wall_control: WallControlConfig = WallControlConfig()
    map: MapConfig = MapConfig()
    retention: RetentionConfig = RetentionConfig()
    quality: QualityConfig = QualityConfig()
    places: PlacesConfig = PlacesConfig()
    derived: DerivedConfig = DerivedConfig()
    cameras: CamerasConfig = CamerasConfig()
    camera_wall: CameraWallConfig = CameraWallConfig()
    duty: DutyConfig = DutyConfig()
    cases: CasesConfig = CasesConfig()
    organisation: OrganisationConfig = OrganisationConfig()
    field: FieldConfig = FieldConfig()
    work: WorkConfig = WorkConfig()
    planned_works: PlannedWorksConfig = PlannedWorksConfig()
    evaluation: EvaluationConfig = EvaluationConfig()
    silences: SilencesConfig = SilencesConfig()
    inhibitions: tuple[InhibitionConfig, ...] = ()  # of several parents the first inhibition's is named
    emergency: EmergencyConfig = EmergencyConfig()
    escalations: dict[str, EscalationPolicy] = {}  # the first that fits holds
    notify: NotifyConfig = NotifyConfig()
    hotline: HotlineConfig = HotlineConfig()
    probe: ProbeConfig = ProbeConfig()
    ledgers: LedgerConfig = LedgerConfig()
    papers: PaperConfig = PaperConfig()
    cockpit: CockpitConfig = CockpitConfig()
    menu: dict[ModuleName, ModuleConfig] = {}
    themes: dict[ThemeName, ThemeConfig] = {}

    @model_validator(mode="after")
    def _has_a_menu(self) -> "Config":
        if wrong := list(menu_faults(self.menu)):
            raise ValueError(f"menu: {'; '.join(wrong)}")
        return self

    @property
    def modules(self) -> dict[str, ModuleConfig]:
        """The menu as it holds: the city's modules and those shipped."""
        return in_force(self.menu)

    def module_of(self, path: str) -> ModuleConfig | None:
        """Whose right a page is: the nearest module above it, a theme with roles of its own being one; None: none is."""
        own = {name: one.roles for name, one in self.themes.items() if one.roles is not None}
        themes = [ModuleConfig(path=f"/analysis/themes/{name}", roles=roles) for name, roles in own.items()]
        return nearest([*self.modules.values(), *themes], path)

    def feed_label(self, feed: str) -> dict[str, str]:
        """What screens call a feed; bodies posted to the API come under the name of their format."""
        if feed == "broker":
            return {"label": "消息队列", "label_en": "Broker queue"}
        known = self.feeds.get(feed)
        return {"label": (known and known.label) or feed, "label_en": (known and known.label_en) or feed}


def load(path: Path) -> Config:
    """Read a configuration file.

    Raises `ConfigError` with every problem found: syntax, unknown keys, wrong values, broken references.
    """
    return _parse(gather(read_yaml(path), path.parent), str(path))


def parse(raw: object, source: str) -> Config:
    """Check a configuration already read from YAML; it names no files. Raises `ConfigError`."""
    return _parse(Gathered(raw), source)


def _parse(found: Gathered, source: str) -> Config:
    problems: list[Problem] = []
    config = None
    try:
        config = Config.model_validate(found.raw)
    except ValidationError as error:
        problems += problems_of(error)
    problems += cross_check(found.raw)
    if problems or found.problems or config is None:
        raise ConfigError(source, found.problems + [found.placed(problem) for problem in problems])
    return config


def problems_of(error: ValidationError, root: type[BaseModel] | None = None) -> list[Problem]:
    """What is wrong with a part of the configuration, or of another `root`, its path from there, and what was probably meant."""
    return [_problem(dict(item), root or Config) for item in error.errors()]


def _problem(item: dict[str, Any], root: type[BaseModel]) -> Problem:
    location = tuple(item["loc"])
    of_rule = location[:1] == ("rules",)
    path = ".".join(str(step) for place, step in enumerate(location) if not (of_rule and place == 2 and step in RULE_KINDS))
    if item["type"] == "extra_forbidden":
        near = difflib.get_close_matches(str(location[-1]), sorted(_siblings(location, root)), 1)
        return Problem(path, "unknown setting", f"did you mean '{near[0]}'?" if near else "remove it")
    if item["type"] == "missing" or (location and item.get("input", ...) is None and item["type"].endswith("_type")):
        return Problem(path, "is missing")
    if item["type"] == "union_tag_not_found":
        return Problem(f"{path}.kind", "is missing", f"one of {', '.join(sorted(RULE_KINDS))}")
    if of_rule and item["type"] == "union_tag_invalid":
        word = str(item["ctx"]["tag"])
        near = difflib.get_close_matches(word, sorted(RULE_KINDS), 1)
        return Problem(f"{path}.kind", f"no kind of rule is called '{word}'", f"did you mean '{near[0]}'?" if near else "")
    return Problem(path, str(item["msg"]).removeprefix("Value error, "))


def _siblings(location: tuple[int | str, ...], root: type[BaseModel]) -> set[str]:
    """The names that would have been allowed where an unknown one stands."""
    model: Any = root
    for step in location[:-1]:
        model = _below(model, step)
    options = (model, *getattr(model, "__args__", ()))  # itself, or what a union is of
    return {name for option in options if isinstance(option, type) and issubclass(option, BaseModel) for name in option.model_fields}


def _below(model: Any, step: int | str) -> Any:
    """The model one step down a path; a rule's path carries its kind, a mapping's its key."""
    if step in RULE_KINDS:
        return RULE_KINDS[str(step)]
    if isinstance(model, type) and issubclass(model, BaseModel):
        field = model.model_fields.get(str(step))
        return field.annotation if field else None
    for inner in getattr(model, "__args__", ()):
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            return inner
    return model


__all__ = [
    "AreaConfig", "ClassConfig", "Config", "FeedConfig", "IncidentConfig", "IngestConfig", "IngestRule", "MeasureConfig", "MetricConfig",
    "NoDataRule", "ReportRule", "RetentionConfig", "Rule", "RulePart", "ScreenConfig", "ThresholdRule", "VitalConfig", "load", "parse",
]  # fmt: skip
