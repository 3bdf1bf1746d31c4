"""The report of a replayed span: what was not recorded is said, drills are counted apart, and each line stands in both languages."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from core.text import load_texts
from dispatch.paper import Paper, from_plain, to_plain
from dispatch.replay_paper import MOST_LINES, write_replay
from tests.unit.panels.test_text import FOLDER

NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
TEXTS = load_texts(FOLDER)
KINDS = (
    ("alert", ("raised", "acknowledged", "ended")), ("report", ("received",)), ("incident", ("opened", "closed")),
    ("case", ("opened", "dispatched", "finished", "closed")),
)  # fmt: skip
FIGURES = {"unack": 2, "cases_open": 5, "cases_overdue": None, "devices": 9, "online": 8, "silent": 1, "alerts": dict.fromkeys("1234", 1)}


def moment(kind: str, act: str, after: int = 0, *, drill: bool = False) -> dict[str, Any]:
    told = {"kind": kind, "act": act, "id": "7", "title": "积水", "severity": 2, "area": "320404001001", "channel": None}
    return told | {"at": NOON + timedelta(seconds=after), "drill": drill, "simulated": True}


def paper(language: str = "zh", **known: Any) -> Paper:
    every = [moment(kind, act) for kind, acts in KINDS for act in acts]
    facts = {
        "from": NOON, "to": NOON + timedelta(hours=1), "made_at": NOON + timedelta(hours=2), "by": "值班员", "incident": None,
        "before": FIGURES, "after": FIGURES, "moments": every, "whole": True, "areas": {"320404001": "北街道"},
        "drill": False, "simulated": True, **known,
    }  # fmt: skip
    return write_replay(facts, TEXTS[language], ZoneInfo("Asia/Shanghai"))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_everything_that_can_happen_has_its_line(language: str) -> None:
    made = paper(language)
    lines = made.blocks[-1].rows
    assert len(lines) == 10
    assert {row[0] for row in lines} == {"11-22 12:00:00"}
    assert {row[4] for row in lines} == {"北街道"}
    assert not [cell for row in lines for cell in row if "replay." in cell]
    assert from_plain(to_plain(made)) == made


def test_what_was_not_recorded_is_a_dash_and_said() -> None:
    half = paper(before=None)
    assert half.blocks[1].rows[0][1:] == ("—", "1")
    assert half.blocks[2].text == TEXTS["zh"]("replay.paper.half")
    assert paper(before=None, after=None).blocks[1].text == TEXTS["zh"]("replay.paper.nothing")
    assert paper().blocks[1].rows[6][1:] == ("—", "—"), "a figure nobody told is unknown, not zero"


def test_drills_are_marked_and_counted_apart() -> None:
    made = paper(moments=[moment("alert", "raised"), moment("alert", "raised", 5, drill=True)], drill=True)
    counts = next(block for block in made.blocks if block.kind == "facts")
    assert [row[:2] for row in counts.rows] == [("告警", "1"), ("演练（不计入）", "1")]
    assert made.blocks[-1].rows[1][2].startswith("【演练】")
    assert made.marks == ("演练", "模拟数据")


def test_a_quiet_span_and_a_long_one_say_so() -> None:
    assert paper(moments=[]).blocks[-1].text == TEXTS["zh"]("replay.paper.quiet")
    long = paper(moments=[moment("alert", "raised", n) for n in range(MOST_LINES + 1)])
    assert len(long.blocks[-2].rows) == MOST_LINES
    assert str(MOST_LINES) in long.blocks[-1].text
