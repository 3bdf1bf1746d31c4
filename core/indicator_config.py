"""Settings of the cockpit: the cards of the indicator catalogue, and what the composite score of vital signs is made of.

A card says what an indicator is, whose it is and what is wanted of it; it computes nothing. The catalogue in the database keeps every
version of it (`store.definitions`): this file's word and a person's are the same kind of word, and the last one holds.
"""

from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from core.setting import Domain, Duration, Part

Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,40}$")]
Group = Literal["coverage", "control", "prevention", "hotline", "economy", "other"]
PeriodKind = Literal["day", "week", "month", "quarter", "year"]
Light = Literal["good", "fair", "bad", "unknown"]
# What the platform counts itself, in rows of `counted_rows` (migration 0045): those that stand now, and those that fell into a period.
COUNTED_NOW = ("devices_online", "cameras_online", "cells_sensed", "cells_watched")
COUNTED_IN = ("reports_placed", "alerts_answered", "alerts_real", "orders_answered", "found_first", "hazards_rectified", "patrols_done")


class CardConfig(Part):
    """One indicator of the catalogue. `source`: `evaluation` (a formula of `evaluation.indicators`), `counted` (rows of ours), `imported`.

    `of`: the code of the formula or of the count; its own code unless given. `good`: 1 where more is better, -1 where less is, 0 where
    neither; `target` in its own unit. `formula` in words, for people; that of an evaluation is told from its row sets besides.
    """

    label: str = Field(min_length=1, max_length=60)
    label_en: str = Field("", max_length=120)
    group: Group = "other"
    source: Literal["evaluation", "counted", "imported"] = "imported"
    of: str = ""
    domain: Domain | None = None
    formula: str = Field("", max_length=400)
    formula_en: str = Field("", max_length=400)
    unit: str = Field("%", max_length=20)
    unit_en: str = Field("", max_length=40)
    decimals: int = Field(1, ge=0, le=6)
    period: PeriodKind = "month"
    owner: str = Field("", max_length=120)
    owner_en: str = Field("", max_length=120)
    target: float | None = None
    good: Literal[1, 0, -1] = 1

    @model_validator(mode="after")
    def _is_counted(self) -> "CardConfig":
        if self.source == "counted" and self.of and self.of not in (*COUNTED_NOW, *COUNTED_IN):
            raise ValueError(f"of: nothing is counted as '{self.of}'; there are {', '.join((*COUNTED_NOW, *COUNTED_IN))}")
        return self


def _counted(label: str, label_en: str, group: Group, formula: str, formula_en: str, target: float | None = None) -> CardConfig:
    words = {"label": label, "label_en": label_en, "group": group, "formula": formula, "formula_en": formula_en, "target": target}
    return CardConfig.model_validate({"source": "counted", **words})


def _evaluated(label: str, label_en: str, group: Group, **more: Any) -> CardConfig:
    return CardConfig.model_validate({"source": "evaluation", "label": label, "label_en": label_en, "group": group, **more})


# 观全面 · 管到位 · 防见效, and the three rates of the hotline. Owners and targets are the city's to set.
SHIPPED: dict[str, CardConfig] = {
    "devices_online": _counted(
        "感知设备在线率", "Sensors online", "coverage", "在线设备 ÷ 在册感知设备", "Devices that speak ÷ all registered sensing devices", 95
    ),
    "cameras_online": _counted("摄像机在线率", "Cameras online", "coverage", "在线摄像机 ÷ 在册摄像机", "Cameras online ÷ all cameras", 95),
    "cells_sensed": _counted(
        "网格感知覆盖率", "Cells with a sensor", "coverage", "有感知设备的单元网格 ÷ 全部单元网格", "Grid cells with a sensor ÷ all cells"
    ),
    "cells_watched": _counted(
        "网格视频覆盖率", "Cells with a camera", "coverage", "有摄像机的单元网格 ÷ 全部单元网格", "Grid cells with a camera ÷ all cells"
    ),
    "reports_placed": _counted(
        "上报落图率", "Reports placed on the map", "coverage", "落在本市的上报 ÷ 全部上报",
        "Reports with a place in the city ÷ all reports", 95,
    ),
    "archive_rate": _evaluated("结案率", "Closing rate", "control", target=95),
    "in_time_archive_rate": _evaluated("按期结案率", "Closed in time", "control", target=90),
    "rework_rate": _evaluated("返工率", "Rework rate", "control", good=-1, target=5),
    "alerts_answered": _counted(
        "告警确认率", "Alerts acknowledged", "control", "已确认的告警 ÷ 发生的告警", "Alerts acknowledged ÷ alerts raised", 98
    ),
    "orders_answered": _counted(
        "督办按期反馈率", "Expedite orders answered in time", "control", "按期反馈的督办 ÷ 到期的督办",
        "Orders answered in time ÷ orders due", 100,
    ),
    "found_first": _counted(
        "主动发现率", "Found before a complaint", "prevention", "非群众反映的案件 ÷ 全部案件",
        "Cases that neither the hotline nor the public brought ÷ all cases", 60,
    ),
    "hazards_rectified": _counted(
        "隐患按期整改率", "Hazards put right in time", "prevention", "按期整改的隐患 ÷ 到期的隐患",
        "Hazards put right in time ÷ hazards due", 95,
    ),
    "patrols_done": _counted(
        "巡查完成率", "Patrols done", "prevention", "完成的巡查 ÷ 应完成的巡查", "Patrols done ÷ patrols whose time is over", 95
    ),
    "alerts_real": _counted(
        "告警属实率", "Alerts that were real", "prevention", "研判属实的告警 ÷ 已研判的告警", "Alerts judged real ÷ alerts judged"
    ),
    "response_rate": _evaluated("12345 响应率", "Hotline response rate", "hotline", target=98),
    "solve_rate": _evaluated("12345 解决率", "Hotline solution rate", "hotline", target=90),
    "satisfy_rate": _evaluated("12345 满意率", "Hotline satisfaction rate", "hotline", target=90),
    "hotline_score": _evaluated("12345 三率综合", "Hotline, three rates together", "hotline", unit="分", unit_en="points"),
}  # fmt: skip


class SignConfig(Part):
    """A sign of the composite score: a vital sign (`pm25_mean`, of `screens.vitals`) or an indicator of the catalogue, by its weight.

    100 points at `good` or better, 60 at `bad`, on the same line below it down to 0. Those of a vital sign are its own unless given.
    """

    vital: str | None = None
    indicator: str | None = None
    domain: Domain
    weight: float = Field(1, gt=0, le=100)
    good: float | None = None
    bad: float | None = None

    @model_validator(mode="after")
    def _is_one_of_two(self) -> "SignConfig":
        if (self.vital is None) == (self.indicator is None):
            raise ValueError("name either a 'vital' or an 'indicator'")
        if self.indicator and (self.good is None or self.bad is None):
            raise ValueError("an indicator needs 'good' and 'bad' to be a sign")
        if self.good is not None and self.good == self.bad:
            raise ValueError("'good' and 'bad' are the same")
        return self


class ScoreRule(Part):
    """How points become one light: good from `good` points on, bad at `fair` or fewer; unknown below `complete_from` of the weights."""

    good: float = Field(85, ge=0, le=100)
    fair: float = Field(60, ge=0, le=100)
    complete_from: float = Field(0.6, ge=0, le=1)

    @model_validator(mode="after")
    def _are_in_order(self) -> "ScoreRule":
        if self.fair >= self.good:
            raise ValueError("'fair' must lie below 'good'")
        return self


class CockpitConfig(Part):
    """The leaders' cockpit. `indicators` stand beside the shipped cards or, under the same code, instead of one; `hidden`: not used here.

    `every`: how often the score is stored; `fine_for`: how long each is kept, afterwards one an hour for `keep`.
    """

    indicators: dict[Code, CardConfig] = {}
    hidden: tuple[str, ...] = ()
    signs: tuple[SignConfig, ...] = ()
    score: ScoreRule = ScoreRule()
    every: Duration = timedelta(minutes=10)
    fine_for: Duration = timedelta(days=7)
    keep: Duration = timedelta(days=400)

    @model_validator(mode="after")
    def _are_known(self) -> "CockpitConfig":
        known = {**SHIPPED, **self.indicators}
        for code in self.hidden:
            if code not in known:
                raise ValueError(f"hidden: no indicator is called '{code}'; there are {', '.join(known)}")
        for sign in self.signs:
            if sign.indicator and (sign.indicator not in known or known[sign.indicator].source == "imported"):
                raise ValueError(f"signs: '{sign.indicator}' is no indicator that is computed here")
        if self.every < timedelta(minutes=1):
            raise ValueError("every: a minute at least")
        return self

    @property
    def cards(self) -> dict[str, CardConfig]:
        """The catalogue as the file has it, in the order it is shown in."""
        return {code: card for code, card in {**SHIPPED, **self.indicators}.items() if code not in self.hidden}
