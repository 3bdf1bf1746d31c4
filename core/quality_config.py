"""Settings of data quality and of derived figures: when a value is late, stuck or a jump, and which metrics feed which figure.

Decides nothing; `ingest.quality`, `alerts.figures`, `alerts.exceedances` and `alerts.signals` do.
"""

from datetime import timedelta
from typing import Literal

from pydantic import Field, field_validator

from core.setting import Duration, Part
from core.standards import dust


class MetricQualityConfig(Part):
    """What is believed of one metric. `jump`: the largest plausible step between two readings, in the city's unit."""

    stuck: Duration | None = None
    jump: float | None = Field(None, gt=0)


class QualityConfig(Part):
    """When a reading is late, when a value is stuck, and how long after its end an hour is measured (late data measure it anew)."""

    late: Duration = timedelta(minutes=10)
    stuck: Duration = timedelta(hours=6)
    settle: Duration = timedelta(minutes=5)
    again: Duration = timedelta(minutes=30)
    metrics: dict[str, MetricQualityConfig] = {}

    def stuck_after(self, metric: str) -> timedelta:
        """How long a metric may keep one value."""
        own = self.metrics.get(metric)
        return own.stuck if own and own.stuck else self.stuck


class RiverLimitsConfig(Part):
    """Limits of a river gauge, metres above its own datum."""

    warning: float | None = None
    guarantee: float | None = None
    highest: float | None = None
    fortify: float | None = None


class DustConfig(Part):
    """Dust of building sites: the region's rule (none: no figure), and which devices stand at sites, by their kind or their name."""

    rule: str | None = None
    kinds: tuple[str, ...] = ("扬尘监测仪",)
    devices: tuple[str, ...] = ()
    tsp: str = "tsp"
    pm10: str = "pm10"

    @field_validator("rule")
    @classmethod
    def _is_known(cls, rule: str | None) -> str | None:
        if rule is not None and rule not in dust.RULES:
            raise ValueError(f"no region's rule is called '{rule}'; there are {', '.join(dust.RULES)}")
        return rule


class RainSignalConfig(Part):
    """A province's own rainstorm signal: the colour asked for once `amount` (mm) fell within `window` (full hours)."""

    colour: Literal["红", "橙", "黄", "蓝"]
    window: Duration
    amount: float = Field(gt=0)

    @field_validator("window")
    @classmethod
    def _is_full_hours(cls, window: timedelta) -> timedelta:
        if window % timedelta(hours=1) or not timedelta(hours=1) <= window <= timedelta(hours=24):
            raise ValueError("a window is 1 to 24 full hours: rain is summed hour by hour")
        return window


class DerivedConfig(Part):
    """Which metrics stand for what a standard names. `zones`: noise zones of devices; `rain_is`: what a reading of rain tells.

    `rain_signals`: those of the province, most severe first; none: those of the CMA.
    """

    air: dict[str, str] = {name: name for name in ("so2", "no2", "co", "o3", "pm10", "pm25")}
    water: dict[str, str] = {
        "ph": "ph", "do": "dissolved_oxygen", "codmn": "codmn", "cod": "cod", "bod5": "bod5", "nh3n": "ammonia", "tp": "total_phosphorus",
        "tn": "total_nitrogen",
    }  # fmt: skip
    noise: str = "noise"
    rain: str = "rain"
    rain_is: Literal["hour", "interval"] = "hour"
    level: str = "water_level"
    wind: str = "wind_speed"
    temperature: str = "temperature"
    rain_signals: tuple[RainSignalConfig, ...] = ()
    dust: DustConfig = DustConfig()
    zone: str = "2"
    zones: dict[str, str] = {}
    lakes: tuple[str, ...] = ()
    rivers: dict[str, RiverLimitsConfig] = {}
