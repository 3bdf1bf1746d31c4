"""The basemaps a city configured, as the sources and layers that MapLibre draws in place of our own. Pure data; fetches nothing.

One of pictures lies under everything; one of vector tiles is drawn by twins of our own layers, so it looks the same.
"""

from collections.abc import Mapping
from typing import Any

from core.map_config import BasemapConfig, MapConfig

Layer = dict[str, Any]
SOURCE = "basemap"
OWN = ("water", "roads", "places")  # our sources that a basemap stands in for
# What another schema calls our layers and what it ranks roads by (docs.openmaptiles.org/schema).
_SCHEMAS: Mapping[str, Mapping[str, Any]] = {
    "yiping": {"layers": {}, "rank": ["get", "class"], "name": ["get", "name"]},
    "openmaptiles": {
        "layers": {"water-line": "waterway", "names-water": "water_name", "names-roads": "transportation_name", "roads": "transportation",
                   "places": "place"},
        "rank": ["match", ["get", "class"], ["motorway", "trunk"], 1, ["primary", "secondary"], 2, 3],
        "name": ["coalesce", ["get", "name:zh"], ["get", "name"]],
    },
}  # fmt: skip
# Brightness from 1 down to 0 turns light and dark about; half a turn of the hues then gives water its blue back.
_NIGHT = {
    "raster-brightness-min": 0.92,
    "raster-brightness-max": 0.06,
    "raster-hue-rotate": 180,
    "raster-saturation": -0.45,
    "raster-contrast": -0.1,
}


def basemaps(config: MapConfig, style: Mapping[str, Any], english: bool) -> dict[str, dict[str, Any]]:
    """Each configured one by its name: `label`, `hides` (our layers it stands in for) and what it is drawn from."""
    own = [layer for layer in style["layers"] if layer.get("source") in OWN]
    return {
        name: {
            "label": (english and one.label_en) or one.label,
            "attribution": one.attribution,
            "hides": [layer["id"] for layer in own],
            **(_archive(name, one, own) if one.kind == "pmtiles" else _service(one)),
        }
        for name, one in config.basemaps.items()
    }


def _archive(name: str, one: BasemapConfig, own: list[Layer]) -> dict[str, Any]:
    """An archive of ours; its zooms and bounds are asked for at `info`."""
    path = f"/api/v1/basemaps/{name}"
    if one.content == "raster":
        source = {"type": "raster", "tiles": [path + "/{z}/{x}/{y}"], "tileSize": one.tile_px}
        return {"info": path, "sources": {SOURCE: source}, "layers": [_picture(SOURCE, one)]}
    source = {"type": "vector", "tiles": [path + "/{z}/{x}/{y}"]}
    return {"info": path, "sources": {SOURCE: source}, "layers": [_twin(layer, _SCHEMAS[one.tile_schema]) for layer in own]}


def _service(one: BasemapConfig) -> dict[str, Any]:
    """A map service, its pictures one above the other; `warp` where they must be redrawn to fit our places."""
    scheme = {"scheme": "tms"} if one.kind == "tms" and not one.warped else {}
    common = {"type": "raster", "tileSize": one.tile_px, "minzoom": one.min_zoom, "maxzoom": one.max_zoom, **scheme}
    sources = {f"{SOURCE}-{at}": {**common, "tiles": [template(url)]} for at, url in enumerate(one.urls)}
    warp = {"datum": one.datum, "matrix": one.matrix, "tms": one.kind == "tms", "tile_px": one.tile_px} if one.warped else None
    return {"sources": sources, "layers": [_picture(source, one) for source in sources], "warp": warp}


def template(url: str) -> str:
    """The address of a tile in MapLibre's words; those of a WMTS become them."""
    for theirs, ours in (("{TileMatrix}", "{z}"), ("{TileRow}", "{y}"), ("{TileCol}", "{x}")):
        url = url.replace(theirs, ours)
    return url


def _picture(source: str, one: BasemapConfig) -> Layer:
    """`before`: which of our layers it lies under."""
    return {"id": source, "type": "raster", "source": source, "before": "water", "paint": dict(_NIGHT) if one.night else {},
            "metadata": {"night": one.night}}  # fmt: skip


def _twin(layer: Layer, schema: Mapping[str, Any]) -> Layer:
    """One of our layers, drawn from the archive's: same look, right below the one it stands in for."""
    called = schema["layers"].get(layer["id"]) or schema["layers"].get(layer["source"]) or layer["source"]
    swapped: Layer = {key: _swapped(layer[key], schema) for key in ("filter", "layout", "paint") if key in layer}
    rest: Layer = {key: value for key, value in layer.items() if key not in swapped}
    return {**rest, **swapped, "id": f"{SOURCE}-{layer['id']}", "source": SOURCE, "source-layer": called, "before": layer["id"]}


def _swapped(part: Any, schema: Mapping[str, Any]) -> Any:
    """An expression with the other schema's words for rank and name."""
    if part == ["get", "class"]:
        return schema["rank"]
    if part == ["get", "name"]:
        return schema["name"]
    if isinstance(part, list):
        return [_swapped(one, schema) for one in part]
    return {key: _swapped(one, schema) for key, one in part.items()} if isinstance(part, dict) else part
