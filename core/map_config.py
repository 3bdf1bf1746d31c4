"""Settings of the map: what moves on it, and its basemap: our layers, an archive on our disk, or the city's own service. Decides nothing.

A datum is said, never guessed: a map in GCJ-02 is drawn to fit our CGCS2000, and one we cannot fit is refused here.
"""

import re
from datetime import timedelta
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, model_validator

from core.setting import Duration, Part

OURS = "ours"  # the one made of the layers that were imported: water, roads, places
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_HOST = re.compile(r"[A-Za-z0-9.-]+(:\d+)?|\[[0-9A-Fa-f:.]+\](:\d+)?")
_PLACES = {"xyz": ("{z}", "{x}", "{y}"), "tms": ("{z}", "{x}", "{y}"), "wmts": ("{TileMatrix}", "{TileRow}", "{TileCol}")}
_WANTED = {"xyz": "{z}, {x} and {y}", "tms": "{z}, {x} and {y}", "wmts": "{TileMatrix}, {TileRow} and {TileCol}"}


class BasemapConfig(Part):
    """One basemap. `kind`: pmtiles is a `file` of ours, the others tiles behind `urls`, drawn one above the other.

    `datum` says what the map's coordinates are in, `matrix` how it is cut: `mercator` (EPSG:3857, Tianditu's `_w`) or `degrees`
    (EPSG:4490 or 4326, Tianditu's `_c`). `content` and `tile_schema` tell what an archive holds and what its layers are called.
    `{key}` in a url comes from the environment (YIPING_BASEMAP_KEY) and is seen by browsers.
    """

    label: str
    label_en: str = ""
    kind: Literal["pmtiles", "xyz", "tms", "wmts"]
    file: str = ""
    urls: tuple[str, ...] = ()
    datum: Literal["cgcs2000", "wgs84", "gcj02", "bd09"] = "cgcs2000"
    matrix: Literal["mercator", "degrees"] = "mercator"
    tile_px: Literal[256, 512] = 256
    min_zoom: Annotated[int, Field(ge=0, le=24)] = 0
    max_zoom: Annotated[int, Field(ge=0, le=24)] = 18
    content: Literal["vector", "raster"] = "vector"
    tile_schema: Literal["yiping", "openmaptiles"] = "yiping"
    night: bool = True  # a light map is darkened on dark pages
    attribution: str = ""

    @model_validator(mode="after")
    def _is_one(self) -> "BasemapConfig":
        if self.kind == "pmtiles":
            if not self.file or self.urls:
                raise ValueError("a pmtiles basemap is a file of ours: give file, no urls")
            if self.datum not in ("cgcs2000", "wgs84") or self.matrix != "mercator":
                raise ValueError("a pmtiles archive is in WGS-84 or CGCS2000 and cut in Web Mercator; convert the data before it is cut")
            return self
        if self.file or not self.urls:
            raise ValueError(f"a {self.kind} basemap is a service: give urls, no file")
        if self.datum == "bd09":
            raise ValueError("Baidu's tiles are cut in a plane of their own and cannot be shown over CGCS2000; use another map")
        if self.min_zoom > self.max_zoom:
            raise ValueError("min_zoom is above max_zoom")
        for url in self.urls:
            self._check(url)
        return self

    def _check(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not _HOST.fullmatch(parts.netloc):
            raise ValueError(f"'{url}': write http(s)://host/… without a name, a password or a placeholder in the host")
        if not all(word in url for word in _PLACES[self.kind]):
            raise ValueError(f"'{url}': a {self.kind} url holds {_WANTED[self.kind]}")
        if "tianditu" in parts.netloc and re.search(r"(_c/|tilematrixset=c\b)", url.lower()) and self.matrix != "degrees":
            raise ValueError("Tianditu's _c is cut in degrees: say matrix: degrees, or use _w")

    @property
    def warped(self) -> bool:
        """Whether its tiles must be redrawn to lie where our places are."""
        return self.datum == "gcj02" or self.matrix == "degrees"


class MoversConfig(Part):
    """What moves on the map: the metrics in which a vehicle tells its place (degrees), speed (km/h) and course (degrees from north).

    Older than `fresh` a place is grey, older than `kept` it is no longer shown; `trail` is how much of the way is drawn.
    """

    lon: str = "lon"
    lat: str = "lat"
    speed: str = "speed"
    course: str = "course"
    fresh: Duration = timedelta(minutes=2)
    kept: Duration = timedelta(minutes=30)
    fresh_people: Duration = timedelta(minutes=10)
    kept_people: Duration = timedelta(minutes=30)
    trail: Duration = timedelta(minutes=10)


class MapConfig(Part):
    """Which basemaps there are and which one is shown first (`ours` is always there), and what moves on them."""

    movers: MoversConfig = MoversConfig()
    basemap: str = OURS
    basemaps: dict[str, BasemapConfig] = {}

    @model_validator(mode="after")
    def _known(self) -> "MapConfig":
        for name in self.basemaps:
            if name == OURS or not _NAME.fullmatch(name):
                raise ValueError(f"basemaps: '{name}' is no name for one; small letters, digits and '-', and '{OURS}' is taken")
        if self.basemap != OURS and self.basemap not in self.basemaps:
            raise ValueError(f"basemap: none is called '{self.basemap}'; there are {', '.join([OURS, *self.basemaps])}")
        return self

    def keyed(self, key: str) -> "MapConfig":
        """With the key of the city's map service in its addresses."""

        def of(one: BasemapConfig) -> BasemapConfig:
            return one.model_copy(update={"urls": tuple(url.replace("{key}", key) for url in one.urls)})

        keyed = {name: of(one) for name, one in self.basemaps.items()}
        return self.model_copy(update={"basemaps": keyed})

    def hosts(self) -> tuple[str, ...]:
        """The origins that browsers fetch tiles from: what the content policy lets them reach beside ourselves."""
        return tuple(sorted({f"{(at := urlsplit(url)).scheme}://{at.netloc}" for one in self.basemaps.values() for url in one.urls}))
