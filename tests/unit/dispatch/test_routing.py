"""A case goes to whom the desk names, else to the duty grid's worker, else to all of the area."""

import pytest

from core.errors import Invalid
from dispatch.routing import choose_worker

AREA = "320404001001"
ON_DUTY = {"account_id": 7}


def worker(**fields: object) -> dict[str, object]:
    return {"account_id": 8, "role": "grid_worker", "areas": ["320404001"], **fields}


def test_the_duty_grids_worker_gets_it_unless_somebody_is_named() -> None:
    assert choose_worker(None, None, ON_DUTY, AREA) == 7
    assert choose_worker("li", worker(), ON_DUTY, AREA) == 8
    assert choose_worker(None, None, None, AREA) is None


@pytest.mark.parametrize("named", [None, worker(role="duty"), worker(areas=["320404002"])])
def test_who_does_not_handle_there_is_refused(named: dict[str, object] | None) -> None:
    with pytest.raises(Invalid):
        choose_worker("li", named, ON_DUTY, AREA)
