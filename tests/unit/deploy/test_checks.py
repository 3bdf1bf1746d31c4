"""Laws of the doctor: it names what is wrong and shows no password."""

from datetime import date

from deploy.local.finding import Verdict
from deploy.local.machine_checks import wrong_versions
from deploy.local.service_checks import judge_clock, judge_work_days, without_password
from dispatch.work_calendar import KNOWN


def test_the_doctor_names_missing_and_other_versions_and_skips_other_platforms() -> None:
    lock = ["dash==4.4.1 \\", "    --hash=sha256:00", "redis==8.1.0 \\", "colorama==0.4.6 ; sys_platform == 'win32' \\", "rich==15.0.0 \\"]
    installed = {"dash": "4.4.1", "redis": "7.0.0", "rich": None}
    assert wrong_versions(lock, installed) == ["redis 7.0.0", "rich missing"]


def test_a_clock_that_is_off_is_no_note_but_a_fault() -> None:
    assert judge_clock(1000.0, 1000.5).verdict is Verdict.GOOD
    assert judge_clock(1000.0, 1300.0).verdict is Verdict.LACKING


def test_a_year_whose_holidays_nobody_told_is_named() -> None:
    last = KNOWN[1]
    assert judge_work_days((), last - 1).verdict is Verdict.GOOD
    found = judge_work_days((), last)
    assert (found.verdict, str(last + 1) in found.detail) == (Verdict.NOTE, True)
    assert judge_work_days(((date(last + 1, 1, 1), False),), last).verdict is Verdict.GOOD


def test_no_password_is_ever_shown() -> None:
    assert without_password("postgresql://yiping:geheim@db:5432/yiping") == "postgresql://db:5432/yiping"
