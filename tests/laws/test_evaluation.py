"""Laws of evaluation: the live figures and the indicators mean the same, and a total is the sum of any way to divide it."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from core.day import Day
from core.evaluation_config import EvaluationConfig
from core.row_sets import CASE_SETS
from dispatch.indicators import Tally, merge, work_out
from projector.figures import Row, count_rows

START = datetime(2026, 11, 20, 16, tzinfo=UTC)
DAY = Day(START, START + timedelta(days=1))
FORMULAS = EvaluationConfig().of("cases")
ENDED = ("closed", "force_closed", "voided", "declined")
_STAGES = st.sampled_from(("handling", "finished", "suspended", *ENDED))
CASES = st.lists(st.tuples(_STAGES, st.booleans(), st.integers(-1, 1), st.booleans()), max_size=40)


def row(stage: str, overdue: bool, day: int, was_late: bool) -> Row:
    due = START + timedelta(days=day, hours=5)
    acted = START + timedelta(hours=6) if stage in ENDED else None
    return Row("s", 3, stage, "none", "", START - timedelta(days=3), acted, due, overdue, None, None, None, False, was_late)


def sets(stage: str, overdue: bool, day: int, was_late: bool) -> int:
    """As the database would say it (tests/store/test_evaluation.py holds it to these words)."""
    words = {
        "due": day == 0, "closed": stage in ("closed", "force_closed"), "forced": stage == "force_closed",
        "void": stage in ("voided", "declined"), "open": stage not in ENDED, "postponed": stage == "suspended", "in_time": not (overdue or was_late),
    }  # fmt: skip
    return sum(1 << CASE_SETS.index(name) for name, true in words.items() if true)


@given(CASES)
def test_the_wall_and_the_indicators_count_the_same_cases(cases: list[tuple[str, bool, int, bool]]) -> None:
    told = count_rows({("case", str(number)): row(*case) for number, case in enumerate(cases)}, DAY)
    figure = work_out(FORMULAS, [Tally(sets(*case), 1) for case in cases])["in_time_archive_rate"]
    assert figure.denominator is not None
    assert (told["closed_in_time"], told["due_today"]) == (figure.numerator, figure.denominator - (figure.undecided or 0))


@given(st.lists(st.lists(st.builds(Tally, st.integers(0, 2**23 - 1), st.integers(0, 9)), max_size=6), max_size=5))
def test_numerators_and_denominators_of_groups_add_up_to_those_of_the_total(groups: list[list[Tally]]) -> None:
    total = work_out(FORMULAS, merge(groups))
    for code in FORMULAS:
        for part in ("numerator", "denominator"):
            parts = [getattr(work_out(FORMULAS, group)[code], part) or 0 for group in groups]
            assert round(sum(parts), 6) == (getattr(total[code], part) or 0)
