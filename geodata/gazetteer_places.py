"""What a gazetteer is made of and what it answers. Computes nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

PlaceKind = Literal["road", "estate", "point", "number", "area"]
KINDS: tuple[PlaceKind, ...] = ("road", "estate", "point", "number")


@dataclass(frozen=True, slots=True)
class PlaceEntry:
    """A named place, in CGCS2000 degrees. `lon`/`lat` is the point that stands for it, `line` a road's own course as [lon, lat] pairs.

    `reach_m` is how far from that point the place may extend; `road` and `number` are a house number's.
    """

    name: str
    kind: PlaceKind
    lon: float
    lat: float
    area: str = ""
    aliases: tuple[str, ...] = ()
    road: str = ""
    number: int | None = None
    reach_m: float = 0.0
    line: tuple[tuple[tuple[float, float], ...], ...] = field(default=(), repr=False)
    source: str = ""
    schematic: bool = False
    place_id: int | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """A place an address may mean. `confidence` 0…1; `why` are words of `docs/geography.md`, the first tells the kind of match."""

    place_id: int | None
    name: str
    kind: str
    lon: float
    lat: float
    area: str
    confidence: float
    why: tuple[str, ...]
    matched: str
    source: str = ""

    def body(self) -> Mapping[str, Any]:
        """As JSON, for the API and the screens."""
        return {name: getattr(self, name) for name in self.__slots__} | {"why": list(self.why)}
