"""How simulated grid workers walk their patrols: from stop to stop through the first two thirds of the window. Pure but for its memory."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sim.chance import dice

_SHARE_OF_WINDOW = 0.66
_ACCURACY_M = (6.0, 18.0)

Shape = Mapping[str, Any]


@dataclass(slots=True)
class Walks:
    """Remembers how many stops of each patrol were passed."""

    passed: dict[int, int] = field(default_factory=dict)

    def is_due(self, patrol: Shape, now: float) -> bool:
        """Whether somebody should be at another stop by now."""
        return self._wanted(patrol, now, int(patrol["stops"])) > self.passed.get(int(patrol["id"]), 0)

    def next_fixes(self, patrol: Shape, now: float) -> list[dict[str, Any]]:
        """Where the phone was at the next stop; one at a time, so that nobody flies after a pause."""
        stops, number = patrol["stops"], int(patrol["id"])
        place = max(self.passed.get(number, 0), sum(bool(stop["visited"]) for stop in stops))
        if place >= self._wanted(patrol, now, len(stops)):
            self.passed[number] = place
            return []
        self.passed[number] = place + 1
        stop = stops[place]
        sure = dice(f"patrol{number}/{place}").uniform(*_ACCURACY_M)
        at = datetime.fromtimestamp(now, UTC).isoformat()
        return [{"at": at, "lon": stop["lon"], "lat": stop["lat"], "accuracy_m": round(sure, 1)}]

    def _wanted(self, patrol: Shape, now: float, stops: int) -> int:
        """Stops that should be behind: none before the window, all of what is asked for in its first two thirds."""
        since, until = (datetime.fromisoformat(patrol[name]).timestamp() for name in ("from", "until"))
        if not since < now < until:
            return 0
        return min(stops, int(stops * (now - since) / ((until - since) * _SHARE_OF_WINDOW)) + 1)
