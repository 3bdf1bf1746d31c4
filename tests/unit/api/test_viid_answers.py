"""What a view library is answered: the standard's form, a status for each notice, in its order."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from api import viid_answers as answers
from api.viid_answers import Asked, Code
from core.config import Config
from core.errors import StoreUnavailable
from core.model import Reason, Rejected, Taken

NOON = datetime(2026, 11, 21, 4, 0, 9, tzinfo=UTC)


@pytest.fixture
def asked(config: Config) -> Asked:
    return Asked("/VIID/SubscribeNotifications", NOON, config.area)


def refused(reason: Reason, detail: str = "why") -> Rejected:
    return Rejected("gat1400", reason, detail, b"", NOON, index=0)


def told(asked: Asked, *found: tuple[str, Taken | StoreUnavailable]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(answers.listed(asked, found))["ResponseStatusListObject"]["ResponseStatusObject"]
    return rows


def test_a_status_has_the_five_fields_of_the_standard(asked: Asked) -> None:
    assert json.loads(answers.alone(asked, Code.OK, "32040400005030000001")) == {
        "ResponseStatusObject": {
            "RequestURL": "/VIID/SubscribeNotifications", "StatusCode": "0", "StatusString": "正常", "Id": "32040400005030000001",
            "LocalTime": "20261121120009",
        }
    }  # fmt: skip


def test_each_notice_has_its_own_status_in_its_order(asked: Asked) -> None:
    rows = told(
        asked,
        ("1", Taken(accepted=1)),
        ("2", Taken(rejected=(refused(Reason.CLOCK, "too old"),))),
        ("3", Taken(duplicates=1)),
        ("4", StoreUnavailable("away")),
        ("5", Taken(rejected=(refused(Reason.AREA),))),
        ("6", Taken(rejected=(refused(Reason.UNDECODABLE),))),
        ("7", Taken()),
    )
    assert [(row["Id"], row["StatusCode"]) for row in rows] == [*zip("1234567", "0802470", strict=True)]
    assert rows[1]["StatusString"] == "JSON内容无效：too old"


def test_a_fact_that_is_stored_is_ok_though_a_picture_of_it_was_refused(asked: Asked) -> None:
    (row,) = told(asked, ("1", Taken(accepted=1, rejected=(refused(Reason.TOO_LARGE, "a picture"),))))
    assert (row["StatusCode"], row["StatusString"]) == ("0", "正常：部分未收 a picture")


def test_the_time_is_the_citys(asked: Asked) -> None:
    told = json.loads(answers.time(asked))["SystemTimeObject"]
    assert (told["LocalTime"], told["TimeZone"], told["TimeMode"]) == ("20261121120009", "Asia/Shanghai", "1")


@pytest.mark.parametrize(("http", "code"), [(503, "2"), (401, "4"), (422, "8"), (408, "2"), (500, "1")])
def test_a_problem_has_the_standards_word(http: int, code: str) -> None:
    assert answers.code_of_status(http) == code
