"""The situation brief: whatever stands in the facts has a word in both languages, and what is not known is told as unknown."""

from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from core.emergency_config import KINDS
from core.text import load_texts
from dispatch import cases, emergency
from dispatch.brief import write_brief
from dispatch.paper import write_html

TEXTS = load_texts(Path(__file__).resolve().parents[3] / "assets" / "i18n")
AT = "2026-11-22T00:00:00+00:00"
CHANNELS = ("sensor", "video", "hotline", "collector", "public", "leader", "transfer", "weather")


def known(**parts: Any) -> dict[str, Any]:
    """Facts of an incident with one thing of every kind and in every stage."""
    tasks = [
        {"title": "排水队到场强排", "resource": None, "unit": None, "stage": stage, "overdue": True, "due_at": AT, "feedback": ""}
        for stage in emergency.TASKS
    ]
    acts = [
        {"at": AT, "kind": "task", "text": "", "detail": {"title": "排水队到场强排", "act": act}}
        for act in ("issue", *emergency.TASK_ROLES)
    ]
    log = [{"at": AT, "kind": kind, "text": "x", "detail": {"level": 2, "plan": "p"}} for kind in ("level", "plan", "note", "end")]
    return {
        "at": AT, "by": "值班员", "incident": {"id": 7, "title": "桥下积水", "severity": 2, "opened_at": AT, "drill": True, "simulated": True},
        "emergency": {"level": 2, "declared_at": AT, "commander": "张主任"}, "tasks": tasks, "log": [*acts, *log],
        "parts": [{"at": AT, "title": "积水", "channel": channel} for channel in CHANNELS], "channels": dict.fromkeys(CHANNELS, 1),
        "cases": [{"number": f"{n}", "title": "x", "stage": stage, "due_at": None} for n, stage in enumerate(cases.TABLE)],
        "resources": [{"kind": kind, "count": 1, "nearest": "x", "distance_m": 9.0} for kind in KINDS], "radius_m": 3000.0,
        "warnings": [{"title": "暴雨", "severity": 1, "observed_at": AT}], "area_name": "钟楼区", "place": "", "plan_name": None,
        "plan_names": {}, "class_name": "积水", "steps": {}, "readings": [
            {"name": "水位计", "metric": "水位", "value": None, "unit": "cm", "at": AT, "distance_m": 3.0}], **parts,
    }  # fmt: skip


def page(language: str, **parts: Any) -> str:
    return write_html(write_brief(known(**parts), TEXTS[language], ZoneInfo("Asia/Shanghai"), 1))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_brief_can_be_written_of_every_stage_act_channel_and_kind(language: str) -> None:
    shown = page(language)
    assert all(TEXTS[language](f"desk.stage.{stage}") in shown for stage in cases.TABLE)


def test_what_a_plan_asks_for_is_said_in_the_readers_language() -> None:
    shown = page("en", steps={"排水队到场强排": "Pumps to the spot"})
    assert ("Pumps to the spot" in shown, "排水队到场强排" in shown) == (True, False)


def test_what_is_not_known_is_told_as_unknown() -> None:
    assert "指挥：未指定。" in page("zh", emergency={"level": 2, "declared_at": AT, "commander": ""})
    shown = page("zh", emergency=None, tasks=[], cases=[], resources=[])
    assert all(words in shown for words in ("未启动", "未知", "地点：不明", "尚未下达任务", "登记册中没有可用资源"))
