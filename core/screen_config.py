"""Settings of the walls: which figures and vital signs each of them shows, and how a screen is cut into panels. Draws nothing.

What a wall shows is named here and worked out elsewhere: figures by `assets/wall-tiles.js`, vital signs by the projector.
"""

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from core.model import Channel
from core.setting import ClassCode, Part

WALLS = ("city", "emergency", "urban", "environment", "water")
PANELS = ("alerts", "cameras", "cases", "classes", "feeds", "incidents", "kpis", "loop", "map", "streets", "trend", "vitals", "warnings")
# Figures every city has; of one domain on the wall of that domain.
TILES = ("signals_today", "alerts_open", "cases_open", "in_time_rate", "response_mean", "devices_online", "incidents_open", "reports_today")
AIR = "aqi"  # the index of the last whole hour, among the vital signs
EMPTY = "."

Track = Annotated[str, Field(pattern=r"^\d+(\.\d+)?(rem|fr)$")]
WallName = Literal["city", "emergency", "urban", "environment", "water"]


class TileConfig(Part):
    """A figure that the city adds: how many open things of some classes or channels there are.

    Or one that does not exist yet: `planned` says where it is to come from, and the tile says it too.
    """

    label: str
    label_en: str
    count: Literal["alerts", "cases", "incidents", "reports"] | None = None
    classes: tuple[ClassCode, ...] = ()
    channels: tuple[Channel, ...] = ()
    planned: str = ""
    planned_en: str = ""

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if bool(self.planned) == bool(self.count):
            raise ValueError("say what is counted (count), or where the figure is to come from (planned)")
        if self.channels and self.count != "reports":
            raise ValueError("only reports have channels")
        return self


class WallContentConfig(Part):
    """What one wall shows: six figures (shipped ones, vital signs, `screens.tiles`) and its vital signs.

    `vitals`: all unless given. `layouts`: those it may take; all unless given.
    """

    tiles: tuple[str, ...] = TILES[:6]
    vitals: tuple[str, ...] | None = None
    layouts: tuple[str, ...] = ()


class LayoutConfig(Part):
    """How a screen is cut into panels. Of the layouts a screen is wide, high and long enough for, it takes the one that asks for most.

    `lines`: how many rem the screen's height is, so that fewer lines are larger type. `areas`: a row of panel names for each of `rows`.
    """

    aspect: float = Field(0, ge=0, le=20)
    width: int = Field(0, ge=0)
    height: int = Field(0, ge=0)
    lines: float = Field(67.5, ge=30, le=150)
    gap: float = Field(0.9, ge=0, le=4)
    columns: tuple[Track, ...] = ("27rem", "1fr", "27.5rem")
    rows: tuple[Track, ...] = ("18.4rem", "1fr", "8.1rem", "14.9rem")
    areas: tuple[str, ...] = ("kpis map alerts", "vitals map alerts", "vitals map loop", "trend streets cases")

    @model_validator(mode="after")
    def _is_a_grid(self) -> Self:
        cells = [row.split() for row in self.areas]
        if len(cells) != len(self.rows) or any(len(row) != len(self.columns) for row in cells):
            raise ValueError(f"areas needs {len(self.rows)} rows of {len(self.columns)} names")
        for name in sorted({name for row in cells for name in row} - {EMPTY}):
            if name not in PANELS:
                raise ValueError(f"no panel is called '{name}'{_nearest(name, PANELS)}")
            if not _is_rectangle([(x, y) for y, row in enumerate(cells) for x, told in enumerate(row) if told == name]):
                raise ValueError(f"the places of '{name}' are no rectangle")
        return self


def _is_rectangle(places: list[tuple[int, int]]) -> bool:
    across, down = {x for x, _ in places}, {y for _, y in places}
    return len(places) == len(across) * len(down) == (max(across) - min(across) + 1) * (max(down) - min(down) + 1)


def _nearest(word: str, known: Iterable[str]) -> str:
    near = get_close_matches(word, sorted(known), 1)
    return f"; did you mean '{near[0]}'?" if near else f"; one of {', '.join(sorted(known))}"


def strangers(
    walls: dict[WallName, WallContentConfig], *, tiles: Iterable[str], vitals: Iterable[str], layouts: Iterable[str]
) -> Iterator[str]:
    """What walls name and nobody has described: one sentence each. `tiles` and `vitals` are the names of the city's own."""
    tiles, vitals, layouts = set(tiles), set(vitals), set(layouts)
    for clash in sorted(tiles & (vitals | {*TILES})):
        yield f"tiles.{clash}: another figure has this name"
    for name, wall in walls.items():
        wanted = [("tiles", wall.tiles, tiles | vitals | {*TILES}), ("vitals", wall.vitals or (), vitals | {AIR})]
        wanted.append(("layouts", wall.layouts, layouts))
        for setting, words, known in wanted:
            yield from (f"walls.{name}.{setting}: '{word}' is not known{_nearest(word, known)}" for word in words if word not in known)
