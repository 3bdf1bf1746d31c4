"""Laws of the doctor: it names what is wrong and shows no password."""

from deploy.local.finding import Verdict
from deploy.local.machine_checks import wrong_versions
from deploy.local.service_checks import judge_clock, without_password


def test_the_doctor_names_missing_and_other_versions_and_skips_other_platforms() -> None:
    lock = ["dash==4.4.1 \\", "    --hash=sha256:00", "redis==8.1.0 \\", "colorama==0.4.6 ; sys_platform == 'win32' \\", "rich==15.0.0 \\"]
    installed = {"dash": "4.4.1", "redis": "7.0.0", "rich": None}
    assert wrong_versions(lock, installed) == ["redis 7.0.0", "rich missing"]


def test_a_clock_that_is_off_is_no_note_but_a_fault() -> None:
    assert judge_clock(1000.0, 1000.5).verdict is Verdict.GOOD
    assert judge_clock(1000.0, 1300.0).verdict is Verdict.LACKING


def test_no_password_is_ever_shown() -> None:
    assert without_password("postgresql://yiping:geheim@db:5432/yiping") == "postgresql://db:5432/yiping"
