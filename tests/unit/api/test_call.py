"""Requests are read strictly: what cannot be meant is refused with its name, cursors survive the way there and back."""

from datetime import UTC, datetime, timedelta

import pytest

from api.call import Param, page, read_cursor, read_filter, read_params, read_time
from api.problems import make_etag, problem_of, read_etag
from core.errors import IllegalAct, Invalid, StaleWrite, StoreUnavailable

PARAMS = (
    Param("limit", "", "integer"),
    Param("from", "", "time"),
    Param("step", "", "duration"),
    Param("stage", "", "list"),
    Param("mine", "", "boolean"),
)


@pytest.mark.parametrize(
    "query",
    [{"limt": "3"}, {"limit": "three"}, {"from": "2026-01-01"}, {"from": "yesterday"}, {"step": "0s"}, {"step": "5x"}, {"mine": "perhaps"}],
)
def test_what_cannot_be_meant_is_refused(query: dict[str, str]) -> None:
    with pytest.raises(Invalid, match=next(iter(query))):
        read_params(PARAMS, query)


def test_values_are_read_by_their_kind() -> None:
    read = read_params(PARAMS, {"limit": "7", "from": "2026-11-21T08:00:00+08:00", "step": "5m", "stage": "unack,acked", "mine": "1"})
    assert read == {
        "limit": 7, "from": datetime(2026, 11, 21, 0, 0, tzinfo=UTC), "step": timedelta(minutes=5),
        "stage": ["unack", "acked"], "mine": True,
    }  # fmt: skip


def test_a_plus_that_became_a_blank_in_the_address_is_still_an_offset() -> None:
    assert read_time("from", "2026-11-21T08:00:00 08:00") == datetime(2026, 11, 21, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize("limit", [0, -1, 1001])
def test_a_page_has_one_to_a_thousand_rows(limit: int) -> None:
    with pytest.raises(Invalid):
        read_filter({"limit": limit})


def test_a_full_page_tells_where_to_go_on_and_a_short_one_does_not() -> None:
    rows = [{"id": 3}, {"id": 2}]
    assert read_cursor(page("rows", rows, 2, "id").body["next"], int) == [2]
    assert page("rows", rows, 3, "id").body["next"] is None


def test_etags_come_back_as_versions() -> None:
    assert read_etag(make_etag(4)) == read_etag('W/"4"') == 4
    assert read_etag(None) is read_etag("*") is None
    with pytest.raises(StaleWrite):
        read_etag('"abc"')


def test_errors_become_problems_with_what_the_caller_needs() -> None:
    illegal = problem_of(IllegalAct("close", "open", ("confirm",)))
    assert (illegal.status, illegal.members) == (409, {"act": "close", "stage": "open", "allowed": ["confirm"]})
    assert problem_of(StaleWrite("5")).headers == {"ETag": '"5"'}
    assert problem_of(StoreUnavailable("password=secret")).headers == {"Retry-After": "2"}
    for error in (StoreUnavailable("password=secret"), RuntimeError("password=secret")):
        assert "secret" not in str(problem_of(error).body("/x"))
