"""When a case is due and how near that is: one deadline per class, around the clock. Reads no clock, stores nothing."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from core.config import ClassConfig
from core.errors import Invalid

WARN_AT = 0.8  # of the time given: yellow


class Light(StrEnum):
    """How a deadline is shown; colour never stands alone, the word goes with it."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"


def due_at(classes: Mapping[str, ClassConfig], class_code: str, opened_at: datetime) -> datetime:
    """When a case of a class must be finished. Raises `Invalid` for a class the city does not have."""
    if class_code not in classes:
        raise Invalid(f"no class has the code '{class_code}'")
    return opened_at + classes[class_code].deadline


def remaining(due: datetime, now: datetime) -> timedelta:
    """Time left; negative when overdue."""
    return due - now


def light(opened_at: datetime, due: datetime, now: datetime) -> Light:
    """Red from the deadline on, yellow from four fifths of the time given."""
    if now >= due:
        return Light.RED
    return Light.YELLOW if now - opened_at >= WARN_AT * (due - opened_at) else Light.GREEN
