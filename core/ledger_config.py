"""Settings of the ledgers: code tables that a city may word its own way, terms that hold unless somebody names others, the morning report.

Decides which codes there are; what is done with a hazard or an order is `dispatch`'s.
"""

import re
from collections.abc import Mapping
from datetime import time, timedelta
from typing import Literal, Protocol

from pydantic import Field, field_validator

from core.setting import Duration, Part

Grade = Literal[1, 2, 3, 4]
ROMAN: Mapping[int, str] = {1: "I", 2: "II", 3: "III", 4: "IV"}


class Labelled(Protocol):
    """Whatever is called something in both languages."""

    @property
    def label(self) -> str: ...
    @property
    def label_en(self) -> str: ...


class CodeConfig(Part):
    """What a code is called."""

    label: str
    label_en: str


class EnterpriseKindConfig(Part):
    """A kind of enterprise (企业) or of site (场所) that is kept in the ledger."""

    label: str
    label_en: str
    group: Literal["site", "enterprise"] = "enterprise"


def _codes(**words: tuple[str, str]) -> dict[str, CodeConfig]:
    return {code: CodeConfig(label=label, label_en=label_en) for code, (label, label_en) in words.items()}


# 突发事件应对法 (2024): four classes of public emergencies, four grades. A city words the classes as `emergency.types`.
_CLASSES = _codes(
    natural=("自然灾害", "Natural disaster"), accident=("事故灾难", "Accident"), health=("公共卫生事件", "Public health"),
    security=("社会安全事件", "Public security"),
)  # fmt: skip
_GRADES: dict[Grade, CodeConfig] = {
    1: CodeConfig(label="特别重大", label_en="Extremely serious"), 2: CodeConfig(label="重大", label_en="Serious"),
    3: CodeConfig(label="较大", label_en="Large"), 4: CodeConfig(label="一般", label_en="Ordinary"),
}  # fmt: skip


def _kind(label: str, label_en: str, group: Literal["site", "enterprise"]) -> EnterpriseKindConfig:
    return EnterpriseKindConfig(label=label, label_en=label_en, group=group)


# 三场所三企业, as Zhejiang's districts use the word: from memory, not from a source; a city writes its own list.
SHIPPED_KINDS = {
    "confined_space": _kind("有限空间作业场所", "Confined-space work site", "site"),
    "dust": _kind("涉爆粉尘作业场所", "Explosive-dust site", "site"),
    "spraying": _kind("喷涂作业场所", "Spray-painting site", "site"),
    "smelting": _kind("金属冶炼企业", "Metal smelting", "enterprise"),
    "ammonia": _kind("涉氨制冷企业", "Ammonia refrigeration", "enterprise"),
    "shipyard": _kind("船舶修造企业", "Shipbuilding and repair", "enterprise"),
}


class LedgerConfig(Part):
    """`enterprise_kinds` replaces the whole list. `order_for`, `hazard_for`, `major_hazard_for`: terms that hold unless another is named.
    `emergency_grades` by severity, 1 (I, red) … 4 (IV, blue): what the classes of `emergency.types` come in.
    `morning_at`: when the morning report is made by itself, in the city's time, as `"08:00"`; empty: only when somebody asks for it.
    """

    emergency_grades: dict[Grade, CodeConfig] = _GRADES
    enterprise_kinds: dict[str, EnterpriseKindConfig] = Field(SHIPPED_KINDS, min_length=1)
    order_for: Duration = timedelta(hours=24)
    hazard_for: Duration = timedelta(days=7)
    major_hazard_for: Duration = timedelta(days=30)
    morning_at: str = "08:00"

    @field_validator("emergency_grades")
    @classmethod
    def _has_all_four(cls, grades: dict[Grade, CodeConfig]) -> dict[Grade, CodeConfig]:
        if sorted(grades) != [1, 2, 3, 4]:
            raise ValueError("name all four grades, 1 to 4")
        return grades

    @field_validator("morning_at")
    @classmethod
    def _is_a_time_of_day(cls, written: str) -> str:
        if written and not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", written):
            raise ValueError(f"'{written}' is no time of day; write \"08:00\"")
        return written

    @property
    def morning_time(self) -> time | None:
        """The time of day of the morning report; None: nobody waits for it."""
        return time.fromisoformat(self.morning_at) if self.morning_at else None


class PaperConfig(Part):
    """The face that papers (PDF) are set in: files that hold Chinese, and the number of the face in a collection (.ttc).

    Without `regular` the system's Noto Sans CJK or WenQuanYi is taken.
    """

    regular: str = ""
    bold: str = ""
    face: int = Field(0, ge=0, le=99)


def public_emergencies(grades: Mapping[Grade, CodeConfig], types: Mapping[str, Labelled] | None = None) -> list[dict[str, str | int]]:
    """Each class in each grade: `{code, class, grade, level, label, label_en}`; `natural-2` is a serious natural disaster.

    `types`: the classes as the city words them; the law's four where it names none.
    """
    return [
        {"code": f"{name}-{number}", "class": name, "grade": number, "level": ROMAN[number],
         "label": f"{grade.label}{one.label}", "label_en": f"{one.label_en}, {grade.label_en.lower()}"}
        for name, one in (types or _CLASSES).items() for number, grade in sorted(grades.items())
    ]  # fmt: skip
