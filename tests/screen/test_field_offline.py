"""The phone without a network: what was done there arrives exactly once, in order, whatever dies in between; who loses a task loses no photo."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Error, Page, Playwright, sync_playwright

from tests.browser import CHROMIUM, FLAGS
from tests.desk import picture
from tests.field_line import Line
from tests.patience import PATIENCE_S, until
from tests.present import absent
from tests.quarter import PASSWORD, Quarter
from tests.stack import own_ports

KEPT = """async () => Boolean(await caches.match("/field")) && Boolean(await caches.match("/assets/vendor/icons/check-check.svg"))
    && Boolean(await caches.match("/assets/field.js"))"""


class Phone:
    """One phone with a memory that outlives its browser (`folder`), behind a line of its own. Holds both: close it."""

    def __init__(self, play: Playwright, quarter: Quarter, folder: Path, login: str) -> None:
        self._play, self._folder, self.quarter, self.login = play, folder, quarter, login
        self.line = Line(own_ports(1)[0], urlsplit(quarter.stack.url).port or 80)
        self.url = f"http://127.0.0.1:{self.line.port}"
        self.context, self.page = self._open()

    def _open(self) -> tuple[BrowserContext, Page]:
        context = self._play.chromium.launch_persistent_context(
            self._folder, executable_path=str(CHROMIUM), args=[flag.replace("#", " ") for flag in FLAGS], locale="zh-CN",
            viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True, reduced_motion="reduce", timezone_id="Asia/Shanghai",
        )  # fmt: skip
        context.set_default_timeout(PATIENCE_S * 1000)
        return context, context.pages[0]

    def sign_in(self) -> None:
        """Through the form, as people do, once the page says that it is kept for the time without a network."""
        self.page.goto(f"{self.url}/login?next=/field")
        self.fill_in()
        until(lambda: self.page.evaluate(KEPT), what="the page is kept on the phone")

    def fill_in(self) -> None:
        self.page.fill("input[name=login]", self.login)
        self.page.fill("input[name=password]", PASSWORD)
        self.page.click("button[type=submit]")
        self.page.wait_for_url(lambda address: urlsplit(address).path == "/field")
        self.page.wait_for_selector("[data-slot=waiting][data-count]", state="attached")

    def kill(self) -> None:
        """-9, as a phone does that is short of memory; nothing is said to anybody."""
        browser = int((self._folder / "SingletonLock").readlink().name.rpartition("-")[2])
        os.kill(browser, signal.SIGKILL)
        with suppress(Error):
            self.context.close()
        (self._folder / "SingletonLock").unlink(missing_ok=True)

    def reopen(self) -> None:
        self.context, self.page = self._open()
        self.page.goto(f"{self.url}/field")

    def open_task(self, number: str) -> None:
        self.page.click(f'[data-panel=tasks] [data-id="{number}"]')

    def do(self, *acts: str) -> None:
        for act in acts:
            self.page.click(f"[data-panel=task] button.main[data-act={act}]")

    def photograph(self, folder: Path) -> None:
        file = folder / "after.jpg"
        file.write_bytes(picture((640, 480)))
        self.page.set_input_files("[data-panel=task] .field-acts [data-act=photo] input", file)

    def waits(self, count: int) -> None:
        until(lambda: self.page.get_attribute("[data-slot=waiting]", "data-count") == str(count), what=f"{count} messages wait")

    def back_in_reach(self) -> None:
        """The network returns, and the phone notices as phones do."""
        self.line.mend()
        self.page.evaluate("dispatchEvent(new Event('online'))")

    def close(self) -> None:
        with suppress(Error):
            self.context.close()
        self.line.close()


@pytest.fixture
def play() -> Iterator[Playwright]:
    if not CHROMIUM.exists():
        absent(f"{CHROMIUM} is not here (make test installs it where it may)")
    with sync_playwright() as running:
        yield running


@contextmanager
def phones(play: Playwright, quarter: Quarter, folder: Path, *logins: str) -> Iterator[list[Phone]]:
    held: list[Phone] = []
    try:
        for login in logins:
            held.append(Phone(play, quarter, folder / login, login))
            held[-1].sign_in()
        yield held
    finally:
        for phone in held:
            phone.close()


def given(quarter: Quarter, title: str, area: str) -> str:
    """A task for whoever of the area takes it first."""
    body = {"title": title, "class_code": "0101", "area": area, "dispatch": True, "address": "怀德路 12 号"}
    return str(quarter.ask("duty1", "POST", "/cases", body)["number"])


def done(quarter: Quarter, number: str) -> list[dict[str, Any]]:
    wanted = "('take', 'arrive', 'add_photo', 'finish', 'comment')"
    return quarter.rows(
        "select a.act, a.note, c.login from audit a join accounts c using (account_id)"
        f" where a.noun = 'case' and a.key = %s and a.act in {wanted} order by a.audit_id", number,
    )  # fmt: skip


def colleagues(quarter: Quarter) -> tuple[str, str, str]:
    """Two who work in one community, and its code."""
    row = quarter.rows("select areas[1] as area, array_agg(login order by login) as logins from accounts where role = 'grid_worker'"
                       " group by 1 having count(*) > 1 order by 1 limit 1")[0]  # fmt: skip
    return row["logins"][0], row["logins"][1], row["area"]


def test_a_killed_phone_without_a_network_and_signed_out_meanwhile_sends_all_exactly_once(
    quarter: Quarter, play: Playwright, tmp_path: Path
) -> None:
    login, _, area = colleagues(quarter)
    number = given(quarter, "暴露垃圾成堆", area)
    with phones(play, quarter, tmp_path, login) as [phone]:
        phone.open_task(number)
        phone.page.wait_for_selector("[data-panel=task] button[data-act=take]")
        phone.line.cut()
        phone.do("take", "arrive")
        phone.waits(2)
        phone.kill()
        phone.reopen()
        phone.open_task(number)
        phone.photograph(tmp_path)
        phone.page.fill("[data-panel=task] textarea", "已清扫并复位")
        phone.do("finish")
        phone.waits(4)
        assert quarter.one("select stage from cases where case_number = %s", number) == "dispatched"
        quarter.database.execute("delete from sessions s using accounts a where a.account_id = s.account_id and a.login = %s", [login])
        phone.back_in_reach()
        phone.page.wait_for_selector("[data-slot=waiting][data-state=signed_out]")
        phone.waits(4)
        phone.page.click("[data-do=login]")
        phone.fill_in()
        phone.waits(0)
        acts = done(quarter, number)
        assert [one["act"] for one in acts] == ["take", "arrive", "add_photo", "finish"]
        assert acts[-1]["note"] == "已清扫并复位"
        assert quarter.one("select stage from cases where case_number = %s", number) == "finished"
        assert [one["role"] for one in quarter.rows("select role from media where case_number = %s", number)] == ["after"]


def test_who_comes_second_sees_the_conflict_and_loses_no_photo(quarter: Quarter, play: Playwright, tmp_path: Path) -> None:
    slow, quick, area = colleagues(quarter)
    number = given(quarter, "占道堆放杂物", area)
    with phones(play, quarter, tmp_path, slow) as [phone]:
        phone.open_task(number)
        phone.page.wait_for_selector("[data-panel=task] button[data-act=take]")
        phone.line.cut()
        phone.do("take", "arrive")
        phone.photograph(tmp_path)
        phone.page.fill("[data-panel=task] textarea", "已清走")
        phone.do("finish")
        phone.waits(4)
        quarter.ask(quick, "POST", f"/cases/{number}/acts", {"act": "take"})
        phone.back_in_reach()
        conflict = phone.page.wait_for_selector("[data-panel=conflict]")
        assert conflict is not None
        words = conflict.inner_text()
        name = quarter.one("select title from accounts where login = %s", quick)
        assert name in words, "who has it"
        assert all(word in words for word in ("接单", "到场", "照片", "已清走")), "what was done here"
        assert phone.page.locator("[data-panel=conflict] img").count() == 1
        phone.waits(0)
        assert [(one["act"], one["login"]) for one in done(quarter, number)] == [("take", quick)]
        phone.page.click("[data-do=evidence]")
        phone.page.wait_for_selector("[data-panel=conflict]", state="detached")
        until(lambda: len(done(quarter, number)) == 3, what="the words and the photo are with the case")
        comment, photo = done(quarter, number)[1:]
        assert (comment["act"], comment["login"], photo["act"], photo["login"]) == ("comment", slow, "add_photo", slow)
        assert "已清走" in comment["note"]
        assert quarter.rows("select role from media where case_number = %s", number) == [{"role": "evidence"}]
