"""Figures from tallies: published values, unknown where nothing is divided by, totals that are the sums of their parts."""

from datetime import timedelta

from core.evaluation_config import SHIPPED, EvaluationConfig
from core.row_sets import CASE_SETS, REVISIT_SETS
from dispatch.indicators import Tally, merge, parts_of, rows_of, tell, weight_of, work_out

CASES, HOTLINE = EvaluationConfig().of("cases"), EvaluationConfig().of("hotline")


def tally(n: int, *names: str, handling: float | None = None) -> Tally:
    sets = sum(1 << CASE_SETS.index(name) for name in names)
    return Tally(sets, n, {"handling": timedelta(hours=handling)} if handling is not None else {})


TIANMEN = [
    tally(737, "reported", "registered", "was_registered", "due", "closed", "in_time"),
    tally(174, "reported", "registered", "was_registered", "due", "closed"),
    tally(61, "reported", "registered", "was_registered", "due", "open"),
    tally(24, "reported", "registered", "was_registered", "open", "in_time", "pending"),
    tally(9, "reported", "void"), tally(8, "due", "void"),
]  # fmt: skip


def test_the_published_figures_come_out() -> None:
    found = work_out(CASES, TIANMEN)
    assert [(found[code].numerator, found[code].denominator, found[code].value) for code in ("archive_rate", "in_time_archive_rate")] == [
        (911, 972, 93.72), (737, 972, 75.82),
    ]  # fmt: skip
    assert found["archive_rate_c"].denominator == 996 - 24
    assert (found["register_rate"].numerator, found["register_rate"].denominator) == (996, 1005)
    for closed, due, percent in ((902, 956, 94.35), (9, 16, 56.25)):
        assert work_out(CASES, [tally(closed, "due", "closed"), tally(due - closed, "due", "open")])["archive_rate"].value == percent


def test_a_figure_without_a_denominator_is_unknown_and_so_is_a_score_with_such_a_part() -> None:
    found = work_out(CASES, [])
    assert all(found[code].value is None for code, one in CASES.items() if one.kind in ("rate", "mean", "score"))
    assert all(found[code].value is None for code, one in CASES.items() if one.kind == "count"), "nobody kept this period"
    kept = work_out(CASES, [tally(1, "reported")])
    assert all(kept[code].value == 0 for code, one in CASES.items() if one.kind == "count")


def test_rows_that_may_still_change_a_figure_are_told_beside_it() -> None:
    found = work_out(CASES, [tally(6, "due", "closed"), tally(4, "due", "open", "in_time"), tally(2, "due", "open")])
    assert (found["archive_rate"].value, found["archive_rate"].undecided) == (50.0, 4)


def test_a_score_is_worked_out_from_shares_that_nobody_rounded() -> None:
    found = work_out(
        CASES, [*TIANMEN, tally(3, "ordered", "unanswered"), tally(2, "ordered"), tally(2, "registered", "expedited", "reworked")]
    )
    points = 50 * 737 / 972 + 30 * 911 / 972 + 10 * (1 - 2 / 998) + 10 - 5 * 0.5 - 3
    assert (found["score"].value, found["score"].numerator, found["score"].deducted) == (round(points, 2), 5.5, (5, 3))
    floored = SHIPPED["score"].model_copy(update={"least": 90.0})
    assert work_out({**CASES, "score": floored}, TIANMEN)["score"].value == 90.0


def test_a_mean_divides_the_hours_of_its_rows_by_their_number() -> None:
    rows = ("finished", "was_finished", "was_dispatched")
    found = work_out(CASES, [tally(3, *rows, handling=9.5), tally(1, *rows, "in_time", handling=0.5), tally(5, "reported", handling=99)])
    assert (found["handling_hours"].numerator, found["handling_hours"].denominator, found["handling_hours"].value) == (10.0, 4, 2.5)


def test_what_is_basically_satisfied_counts_nine_tenths() -> None:
    def said(n: int, *names: str) -> Tally:
        return Tally(sum(1 << REVISIT_SETS.index(name) for name in ("revisited", *names)), n)

    found = work_out(
        HOTLINE,
        [said(6, "valid", "contacted", "solved", "satisfied"), said(3, "valid", "contacted", "basically_satisfied"), said(1, "valid")],
    )
    assert (found["satisfy_rate"].numerator, found["satisfy_rate"].denominator, found["satisfy_rate"].value) == (8.7, 10, 87.0)
    assert found["hotline_score"].value == round(10 * 0.9 + 50 * 0.6 + 40 * 0.87, 2)
    rows = rows_of(HOTLINE["satisfy_rate"], "numerator")
    assert [weight_of(said(1, "valid", word).sets, rows) for word in ("satisfied", "basically_satisfied", "dissatisfied")] == [1, 0.9, 0]


def test_the_total_is_the_sum_of_the_groups() -> None:
    groups = [TIANMEN[:3], TIANMEN[1:], [tally(2, "due", handling=1), tally(1, "due", handling=2)]]
    merged = {one.sets: (one.n, one.spans) for one in merge(groups)}
    assert merged[TIANMEN[1].sets][0] == 2 * 174
    assert merged[tally(0, "due").sets] == (3, {"handling": timedelta(hours=3)})


def test_a_formula_is_told_with_its_id_and_its_sets_by_name() -> None:
    told = tell("in_time_archive_rate", CASES["in_time_archive_rate"])
    assert told["formula_id"].startswith("in_time_archive_rate.")
    assert told["sets"]["numerator"] == [{"in": ["due", "closed", "in_time"], "not_in": ["forced"], "weight": 1}]
    assert told["sets"]["denominator"] == [{"in": ["due"], "not_in": ["void"], "weight": 1}]


def test_each_part_of_a_figure_opens_as_many_rows_as_it_says() -> None:
    rows = [*TIANMEN, tally(3, "ordered", "unanswered"), tally(2, "ordered")]
    figures = work_out(CASES, rows)

    def opened(code: str, part: str) -> int:
        return sum(one.n for one in rows if weight_of(one.sets, rows_of(CASES[code], part)))

    for code, formula in CASES.items():
        figure, parts = figures[code], parts_of(formula)
        for n, count in enumerate(figure.deducted, 1):
            assert opened(code, f"deduction-{n}") == count
        for part in {"numerator", "denominator", "undecided"} & set(parts) if formula.kind in ("rate", "count") else ():
            assert opened(code, part) == getattr(figure, part), (code, part)
        if "decided" in parts:
            assert opened(code, "decided") == opened(code, "denominator") - opened(code, "undecided")
        assert opened(code, "every") == sum(one.n for one in rows)
