"""Exports: what stands in a cell is what it says, never a formula of somebody else's."""

import pytest

from api.evaluation_sheets import csv_text, figure_lines, of_body, plain
from core.evaluation_config import SHIPPED
from dispatch.indicators import Tally, tell, work_out


@pytest.mark.parametrize(
    ("given", "written"),
    [("=1+1", "'=1+1"), ("@x", "'@x"), ("+86", "'+86"), ("-1", "'-1"), ("路面\x00积水", "路面积水"), ("", ""), (-1.5, -1.5), (None, None)],
)
def test_a_text_that_looks_like_a_formula_is_marked_as_text_and_numbers_stay_numbers(given: object, written: object) -> None:
    assert plain(given) == written


def test_a_line_a_figure_with_what_it_is_compared_with() -> None:
    formulas = {"archive_rate": SHIPPED["archive_rate"]}
    due, closed = 1 << 3, 1 << 10

    def table(n: int) -> dict[str, object]:
        shapes = {code: one.shape() for code, one in work_out(formulas, [Tally(due | closed, n), Tally(due, 1)]).items()}
        return {"key": "", "name": "", "name_en": "", "figures": shapes}

    body = {
        "label": "2026-10", "by": "total", "total": table(3), "rows": [], "before": {"total": table(1), "rows": []},
        "formulas": [tell(code, one) for code, one in formulas.items()],
    }  # fmt: skip
    told = of_body(body)
    formula_id = SHIPPED["archive_rate"].formula_id("archive_rate")
    assert list(figure_lines(told)) == [("total", "", "", "结案率", formula_id, 3, 4, 75.0, "%", 0, 50.0, None)]
    assert csv_text(told).decode("utf-8-sig").splitlines()[1] == f"total,,,结案率,{formula_id},3,4,75.0,%,0,50.0,"
