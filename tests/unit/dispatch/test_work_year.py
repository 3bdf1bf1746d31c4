"""A year's days as an administrator sees them: the country's holidays and make-up days by name, the city's word above both."""

from datetime import date

from dispatch.work_calendar import KNOWN
from dispatch.work_year import YearDay, days_of


def year(holidays: str = "china", own: dict[date, bool] | None = None, of: int = 2025) -> dict[date, YearDay]:
    return {one.day: one for one in days_of(of, holidays, own or {})}


def test_holidays_and_their_make_up_days_are_called_by_name() -> None:
    days = year()
    assert [len(days), len(year(of=2024))] == [365, 366]
    assert days[date(2025, 1, 29)] == YearDay(date(2025, 1, 29), False, "holiday", "春节", "Spring Festival", False)
    assert days[date(2025, 2, 8)] == YearDay(date(2025, 2, 8), True, "make_up", "春节", "Spring Festival", True)
    assert (days[date(2025, 3, 3)].why, days[date(2025, 3, 8)].why) == ("weekday", "weekend")


def test_the_citys_word_stands_above_the_country_and_says_what_would_hold_without_it() -> None:
    day = date(2025, 1, 29)
    assert year(own={day: True})[day] == YearDay(day, True, "own", "春节", "Spring Festival", False)


def test_where_no_holidays_are_kept_or_known_only_the_week_counts() -> None:
    assert year("weekends")[date(2025, 1, 29)].why == "weekday"
    assert {one.why for one in year(of=KNOWN[1] + 1).values()} == {"weekday", "weekend"}
