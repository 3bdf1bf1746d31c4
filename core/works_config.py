"""Settings of planned works and events (施工与活动): which kinds a city knows, how far each is felt, and what it may explain.

Decides nothing: what is near in place and time is `dispatch.works`', and nothing that is near is kept quiet for it.
"""

from datetime import timedelta

from pydantic import Field

from core.setting import ClassCode, Duration, Part


class WorkKindConfig(Part):
    """A kind of planned work or event. `reach_m`: how far beyond its own place it is told beside what happens.

    `classes`: the event classes it may be the reason of; an alert of another class near it is told of it all the same, without the hint.
    """

    label: str
    label_en: str
    reach_m: float = Field(150, gt=0, le=5000)
    classes: tuple[ClassCode, ...] = ()


def _kind(label: str, label_en: str, reach_m: float) -> WorkKindConfig:
    return WorkKindConfig(label=label, label_en=label_en, reach_m=reach_m)


# Ours, from what cities announce on their sites; a city writes its own list with the classes of its own table.
_KINDS = {
    "road": _kind("道路施工", "Road works", 150), "pipes": _kind("管网施工", "Pipe works", 150),
    "building": _kind("建筑工地", "Building site", 200), "demolition": _kind("拆除作业", "Demolition", 300),
    "power": _kind("停电检修", "Power cut", 300), "water": _kind("停水检修", "Water cut", 300),
    "upkeep": _kind("设备检修", "Equipment upkeep", 50), "event": _kind("大型活动", "Public event", 500),
}  # fmt: skip


class PlannedWorksConfig(Part):
    """`kinds` replaces the whole list. `linger`: so long after its end one is still told beside what happens there."""

    kinds: dict[str, WorkKindConfig] = Field(_KINDS, min_length=1)
    linger: Duration = timedelta(hours=6)
