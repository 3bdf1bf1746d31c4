"""Row sets: how formulas name rows, and what is said to whoever misspells one."""

import pytest

from core.row_sets import CASE_SETS, SETS, UNDECIDED, names_of, read_row_set


def mask(*names: str) -> int:
    return sum(1 << CASE_SETS.index(name) for name in names)


def test_a_row_belongs_when_it_stands_in_all_that_are_joined_and_in_none_that_is_left_out() -> None:
    rows = read_row_set("due & closed - forced", "cases")
    assert rows.holds(mask("due", "closed", "in_time"))
    assert not rows.holds(mask("due", "closed", "forced"))
    assert not rows.holds(mask("due"))
    assert not rows.holds(mask("closed"))


def test_two_sets_together_are_the_rows_of_both() -> None:
    both = read_row_set("due - void", "cases").also(read_row_set("open & in_time", "cases"))
    assert both == read_row_set("due & open & in_time - void", "cases")


def test_what_is_left_without_another_set_is_told_by_sets_that_share_no_row() -> None:
    one, other = read_row_set("due - void", "cases"), read_row_set("open & in_time - forced", "cases")
    rest = one.without(other)
    for sets in range(1 << 5):
        row = sum(bit for at, bit in enumerate(mask(name) for name in ("due", "void", "open", "in_time", "forced")) if sets >> at & 1)
        assert sum(each.holds(row) for each in rest) == (one.holds(row) and not other.holds(row))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("due & close", "did you mean 'closed'"), ("due closed", "joined by"), ("- due", "joined by"), ("due &", "no row set"), ("", "name a row set"),
        ("due - due", "holds no row"), ("satisfied", "no row set of cases"), ("Due", "no row set"),
    ],
)  # fmt: skip
def test_what_is_misspelt_is_explained(text: str, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        read_row_set(text, "cases")


def test_a_mask_is_told_by_its_names_and_fits_an_integer_of_the_database() -> None:
    assert names_of(mask("due", "closed"), "cases") == ["due", "closed"]
    assert all(len(names) <= 31 and len(set(names)) == len(names) for names in SETS.values())
    assert all(not text or read_row_set(text, subject) for subject, text in UNDECIDED.items())
