"""Settings of wall control: which incidents take a screen, how long a cast stands, when a screen loads anew.

What a screen shows at a moment decides `core.showing`.
"""

from datetime import timedelta
from typing import Literal

from pydantic import Field

from core.setting import Duration, Part


class TakeoverConfig(Part):
    """Incidents of these `severities` take every screen of their area (and domain) for `lasts`, or until they end; none: none does."""

    severities: tuple[Literal[1, 2, 3, 4, 5], ...] = (1,)
    lasts: Duration = timedelta(minutes=5)


class WatchdogConfig(Part):
    """A screen loads anew when its heap or its age passes a limit, or the server has another release: at a moment without news for `quiet`.

    Never again within `again`, whatever is wrong: a screen that only loads shows nothing.
    """

    heap_mb: int = Field(600, ge=50)
    age: Duration = timedelta(hours=24)
    quiet: Duration = timedelta(seconds=60)
    again: Duration = timedelta(minutes=15)


class WallControlConfig(Part):
    """`cast`: how long what a person sends stays unless told otherwise; `away`: a screen not heard for so long is away."""

    takeover: TakeoverConfig = TakeoverConfig()
    watchdog: WatchdogConfig = WatchdogConfig()
    cast: Duration = Field(timedelta(minutes=30), gt=timedelta(), le=timedelta(days=1))
    away: Duration = timedelta(seconds=15)
