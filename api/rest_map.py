"""The tools of the map over HTTP: what is called so, what is around a place, and the tiles of a basemap of ours."""

from typing import Any

from api.call import Answer, Call, Param, read_params
from core.errors import Invalid, NotFound
from store import components, map_tools

_MOST_WORDS = 80
_FARTHEST_M = 20_000.0
SEARCH_PARAMS = (
    Param("q", f"a name, an address, a number; at most {_MOST_WORDS} letters"),
    Param("limit", "of each kind, at most 20, usually 5", "integer"),
)
AROUND_PARAMS = (
    Param("lon", "degrees, CGCS2000", "number"),
    Param("lat", "", "number"),
    Param("radius_m", f"metres, at most {_FARTHEST_M:,.0f}", "number"),
)
_TILE_CACHE = "private, max-age=3600"


def search(call: Call) -> Answer:
    """Hits of every kind the words may mean, each with a place where it has one."""
    wanted = read_params(SEARCH_PARAMS, call.query)
    words, limit = wanted.get("q", "").strip(), wanted.get("limit", 5)
    if not words or len(words) > _MOST_WORDS:
        raise Invalid(f"q: from 1 to {_MOST_WORDS} letters")
    if not 1 <= limit <= 20:
        raise Invalid("limit: from 1 to 20")
    hits = map_tools.find_named(call.connection, call.scope, words, limit)
    return Answer({"q": words, "hits": [*_component(call, words), *hits, *_addresses(call, words, limit)]})


def _component(call: Call, words: str) -> list[dict[str, Any]]:
    """The component whose whole code the words are."""
    if not (words.isascii() and words.isdigit()):
        return []
    try:
        found = components.get_component(call.connection, call.scope, words)
    except NotFound:
        return []
    return [{"kind": "component", "id": words, "label": found["name"] or words, "note": words, **_place(found)}]


def _addresses(call: Call, words: str, limit: int) -> list[dict[str, Any]]:
    """Places of the gazetteer in the caller's areas, the surest first; cases, cells and components it knows come by themselves."""
    names = call.places.names(call.deps.store, call.config.places.prefixes).present()
    locator = call.places.locator(call.deps.store, call.now)
    hits = []
    for match in names.suggest(words, "", 4 * limit):
        area = locator.locate(match.lon, match.lat).area or match.area
        if area and call.scope.sees(area):
            told = match.body()
            hits.append({"kind": "address", "id": f"{match.lon:.6f},{match.lat:.6f}", "label": told["name"], "note": told.get("kind", ""),
                         "confidence": match.confidence, "lon": match.lon, "lat": match.lat, "area": area})  # fmt: skip
    return hits[:limit]


def _place(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in ("lon", "lat", "area")}


def around(call: Call) -> Answer:
    """Devices, cameras, open cases, resources and people within metres of a place, the nearest first, each kind with its `count`."""
    wanted = read_params(AROUND_PARAMS, call.query)
    if not {"lon", "lat", "radius_m"} <= wanted.keys():
        raise Invalid("give lon, lat and radius_m")
    lon, lat, radius = wanted["lon"], wanted["lat"], wanted["radius_m"]
    if not -180 <= lon <= 180 or not -90 <= lat <= 90:
        raise Invalid("lon and lat must be degrees")
    if not 0 < radius <= _FARTHEST_M:
        raise Invalid(f"radius_m: up to {_FARTHEST_M:,.0f} metres")
    return Answer(
        {"lon": lon, "lat": lat, "radius_m": radius, **map_tools.find_around(call.connection, call.scope, (lon, lat), radius, call.now)}
    )


def get_basemap(call: Call) -> Answer:
    """What a basemap of ours holds: kind of tiles, zooms, bounds in degrees."""
    name = call.path["name"]
    archive = call.places.archives.of(call.config.map, name)
    head = archive.header
    return Answer({"name": name, "content": head.content, "min_zoom": head.min_zoom, "max_zoom": head.max_zoom, "bounds": head.bounds,
                   "version": archive.version})  # fmt: skip


def get_tile(call: Call) -> Answer:
    """One tile as it lies in the archive; 204 where there is none, 304 where the reader has it."""
    archive = call.places.archives.of(call.config.map, call.path["name"])
    etag = f'"{archive.version}"'
    headers = {"ETag": etag, "Cache-Control": _TILE_CACHE, "Vary": "Cookie, Authorization"}
    if etag in [word.strip().removeprefix("W/") for word in call.headers.get("If-None-Match", "").split(",")]:
        return Answer(b"", 304, headers, archive.header.media_type)
    tile = archive.tile(*(call.number(name) for name in ("z", "x", "y")))
    if tile is None:
        return Answer(b"", 204, headers, archive.header.media_type)
    packed = {"Content-Encoding": "gzip"} if tile.gzipped else {}
    return Answer(tile.body, headers={**headers, **packed}, media_type=archive.header.media_type)
