"""Rules at /admin/rules: found, changed with each fault beside its line, played over what is stored before they are kept, with history."""

import os

import pytest

from tests.browser import Visitor, Windows
from tests.quarter import Quarter

RULE, LABEL = "waterlogging", "道路积水"
TABLE = "大类代码,大类名称,小类代码,小类名称,立案条件,处置时限\n09,其他,99,试验,占道,"
# Three days of a wave on every pond, beyond 15 cm for some hours of each day.
HISTORY = """
    insert into readings (observed_at, device_id, metric_id, quality, value, received_at, processed_at)
    select at, device_id, metric_id, 0, greatest(0, 14 + 9 * sin(extract(epoch from at) / 4800 + device_id) - device_id % 4), at, at
    from devices cross join metrics cross join generate_series(now() - interval '3 days', now() - interval '1 hour', interval '5 minutes') as at
    where device like 'pond-%%' and metric = 'water_depth' on conflict do nothing
"""


def open_rules(windows: Windows, quarter: Quarter, path: str, size: tuple[int, int]) -> Visitor:
    visitor = windows.open(quarter.stack.url, *size)
    visitor.admit(*quarter.session("admin1"))
    visitor.go(path)
    visitor.wait("document.querySelector('[data-filled=true]') !== null")
    return visitor


def photograph(visitor: Visitor, name: str) -> None:
    if photo := os.environ.get("YIPING_PHOTO"):
        visitor.page.wait_for_timeout(700)
        visitor.page.screenshot(path=f"{photo}-{name}.png")


@pytest.mark.parametrize(("language", "size"), [("zh", (1920, 1080)), ("en", (1366, 768))])
def test_a_rule_is_changed_by_who_saw_what_it_would_have_rung_for(
    windows: Windows, quarter: Quarter, language: str, size: tuple[int, int]
) -> None:
    quarter.database.execute(HISTORY.replace("%%", "%"))
    visitor = open_rules(windows, quarter, f"/admin/rules?lang={language}", size)
    page = visitor.page
    photograph(visitor, f"list-{language}")
    page.fill("[data-slot=search] input", "water_depth")
    visitor.wait("document.querySelectorAll('.a-list tr[data-id]').length === 1")
    page.click(f"[data-id={RULE}]")
    visitor.wait("document.querySelector('.a-text')?.value.startsWith('kind: threshold')")
    assert page.url.endswith(f"/admin/rules/{RULE}?lang={language}")
    before = page.input_value(".a-text")
    page.fill(".a-text", before.replace("water_depth", "watr_depth").replace("label_en:", "lable_en:", 1))
    visitor.wait("document.querySelector('[data-fault=metric]') !== null")
    assert "water_depth" in page.inner_text("[data-fault=metric]")
    assert page.evaluate("document.querySelectorAll('.a-gutter .fault').length") >= 2
    photograph(visitor, f"faults-{language}")
    page.fill(".a-text", before.replace("above: 15", "above: 22"))
    visitor.wait("document.querySelector('.a-diff [data-path$=above]') !== null")
    assert page.is_disabled("[data-act=save]"), "nobody changes a rule without saying why"
    photograph(visitor, f"words-{language}")
    page.click("[data-tab=backtest]")
    page.click("[data-act=backtest]")
    visitor.wait("document.querySelectorAll('[data-result]').length === 2")
    rings = [int(page.inner_text(f"[data-result={name}] [data-sum=rings] b").replace(",", "")) for name in ("kept", "edited")]
    assert rings[0] > rings[1]
    visitor.wait("document.querySelector('.a-chart .bars path') !== null")
    photograph(visitor, f"backtest-{language}")
    page.click("[data-tab=words]")
    assert "above: 22" in page.input_value(".a-text"), "what was edited is still there"
    page.fill(".a-why input", "排水改造后核实")
    page.click("[data-act=save]")
    visitor.wait("document.querySelector('.toast-ok') !== null")
    page.click("[data-tab=history]")
    visitor.wait("document.querySelectorAll('[data-revision]').length >= 2")
    newest = page.inner_text("[data-revision].newest")
    assert "系统管理员" in newest
    assert "排水改造后核实" in newest
    photograph(visitor, f"history-{language}")
    kept = quarter.rows("select * from rule_revisions where rule = %s order by revision desc limit 1", RULE)[0]
    assert (kept["origin"], kept["body"]["levels"][0]["above"]) == ("admin", 22)
    page.click("[data-tab=words]")
    page.fill(".a-why input", "试用结束")
    page.click("[data-act=back_to_file]")
    visitor.wait("document.querySelector('.a-over') === null && document.querySelector('.a-text').value.includes('above: 15')")
    assert page.evaluate("document.scrollingElement.scrollWidth <= innerWidth")
    assert visitor.unforgiven() == []


def test_what_an_admin_keeps_is_told_before_it_is_taken(windows: Windows, quarter: Quarter) -> None:
    visitor = open_rules(windows, quarter, "/admin/standards?lang=en", (1366, 768))
    page = visitor.page
    assert page.evaluate("document.querySelector('.brand-title').scrollWidth <= document.querySelector('.brand-title').clientWidth"), (
        "whole name"
    )
    for limit, shown in (("soon", ".u-bad"), ("2紧急工作时", ".u-sums")):
        page.click("[data-do=upload]")
        page.set_input_files("[data-do=file]", {"name": "events.csv", "mimeType": "text/csv", "buffer": f"{TABLE}{limit}\n".encode()})
        visitor.wait(f"document.querySelector('{shown}') !== null")
        assert page.is_disabled("[data-act=apply]"), "not without a reason"
        page.fill(".u-dialog [data-do=why]", "新标准")
        assert page.is_enabled("[data-act=apply]") is (shown == ".u-sums")
        page.click("[data-act=apply]") if shown == ".u-sums" else page.keyboard.press("Escape")
        visitor.wait("document.querySelector('.u-dialog') === null")
    visitor.wait("document.querySelector('[data-id=\"event/0999\"]') !== null")
    assert "2 h, day and night" in page.inner_text("[data-id='event/0999']")
    page.goto(f"{quarter.stack.url}/admin/calendar/2027?lang=zh")
    visitor.wait("document.querySelectorAll('[data-day]').length === 365")
    page.click("[data-day='2027-01-16']")
    page.check("[name=works][value=true]")
    page.click("[data-do=save]")
    page.fill("[data-do=why]", "补班")
    page.click("[data-act=save]")
    visitor.wait("document.querySelector('[data-day=\"2027-01-16\"].c-own.c-works:not(.c-pending)') !== null")
    page.goto(f"{quarter.stack.url}/admin/routing?lang=zh")
    visitor.wait("document.querySelector('[data-filled=true]') !== null")
    page.click("[data-do=new]")
    page.fill("[name=rule]", "all-on-shift")
    page.fill("[name=label]", "全部归当班")
    page.select_option(".r-person select", "on_shift")
    page.click("[data-act=try]")
    visitor.wait("document.querySelector('[data-trial=looked], [data-slot=trial] .icon') !== null")
    page.click("[data-tab=words]")
    page.click("[data-act=save]")
    visitor.wait("document.querySelector('tr.current[data-id=all-on-shift]') !== null")
    assert [quarter.rows(f"select 1 from {table}") != [] for table in ("class_standards", "work_days", "routing_rules")] == [True] * 3
    assert visitor.unforgiven() == []


def test_who_is_no_admin_is_not_shown_the_way_and_sent_back(windows: Windows, quarter: Quarter) -> None:
    visitor = windows.open(quarter.stack.url)
    visitor.admit(*quarter.session("duty1"))
    visitor.go("/admin/rules")
    visitor.wait("document.querySelector('.page-notice') !== null")
    visitor.go("/quality")
    visitor.wait("document.querySelector('.desk-nav') !== null")
    assert page_links(visitor) == ["/wall", "/cockpit", "/duty", "/dispatch", "/ledgers", "/cameras", "/replay", "/quality", "/entry"]


def page_links(visitor: Visitor) -> list[str]:
    links: list[str] = visitor.page.evaluate("[...document.querySelectorAll('.desk-nav a')].map(link => new URL(link.href).pathname)")
    return links
