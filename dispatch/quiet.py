"""Whether somebody sleeps now, and until when. Pure: the clock and the hours are parameters."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo


def quiet_until(now: datetime, zone: ZoneInfo, starts: time, ends: time) -> datetime | None:
    """The end of the quiet hours that `now` lies in: `starts` to `ends` by the clock of `zone`, over midnight where `ends` comes first.

    None outside of them. The same hour twice means: never quiet.
    """
    if starts == ends:
        return None
    local = now.astimezone(zone)
    clock = local.time()
    over_midnight = ends < starts
    within = clock >= starts or clock < ends if over_midnight else starts <= clock < ends
    if not within:
        return None
    day = local.date() + timedelta(days=1) if over_midnight and clock >= starts else local.date()
    return datetime.combine(day, ends, zone).astimezone(now.tzinfo)
