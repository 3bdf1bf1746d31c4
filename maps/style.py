"""The MapLibre style of the district map: sources, layers bottom-up, one paint expression for all cells. Pure data.

No glyphs and no sprite: MapLibre ≥ 5.11 draws text from local fonts, icons are drawn in the browser; so nothing is fetched but
our own layers. Lengths are CSS px at 16 px per rem; those named in `metadata.rem` grow with the wall (`assets/map.js`).
"""

from typing import Any

from maps.ramp import CELL_COLOURS, CLASS_COLOURS, UNCOVERED, UNKNOWN, class_colour, rgba

Layer = dict[str, Any]
Expression = list[Any]

LAYERS = "/api/v1/layers"
FONT = ["Noto Sans CJK SC", "Source Han Sans SC", "PingFang SC", "Microsoft YaHei", "sans-serif"]
BOLD = ["Noto Sans CJK SC Bold", "Source Han Sans SC Bold", "PingFang SC", "Microsoft YaHei", "sans-serif"]
NIGHT = "#040d1c"
WATER = "#0e386e"
ACCENT = "#37c8ff"
DIM, DIMMED = 32, 0.3  # what raises the class of a cell outside the area shown, and the share of its opacity that is left


def style() -> dict[str, Any]:
    """The whole style. Irregular cells carry their class as feature state, so an update moves no geometry."""
    return {
        "version": 8,
        "name": "yiping-night",
        "sources": {name: _source(name) for name in ("water", "roads", "cells", "areas", "places")}
        | {name: _empty() for name in ("streets", "outside", "silences", "alerts", "cases", "focus")},
        "layers": [
            {"id": "background", "type": "background", "paint": {"background-color": NIGHT}},
            *_ground(),
            *_cells(),
            *_roads_above(),
            *_ground_names(),
            *_borders(),
            _marker("silences", "silences"),  # what is not known lies below what is named and what happened
            *_names(),
            *_markers(),
        ],
    }


def _source(name: str) -> dict[str, Any]:
    """Water and roads reach beyond the district and are simplified by the library; cells keep their corners."""
    exact = {"tolerance": 0, "buffer": 0} if name == "cells" else {}
    return {"type": "geojson", "data": f"{LAYERS}/{name}", **exact}


def _empty() -> dict[str, Any]:
    return {"type": "geojson", "data": {"type": "FeatureCollection", "features": []}}


def _line(layer_id: str, source: str, colour: str, width: float, where: Expression | None = None, **paint: Any) -> Layer:
    return {
        "id": layer_id,
        "type": "line",
        "source": source,
        "metadata": {"rem": ["line-width", "line-blur"]},
        **({"filter": where} if where else {}),
        "layout": {"line-join": "round", "line-cap": "round"},
        "paint": {"line-color": colour, "line-width": width, **paint},
    }


def _of_class(*classes: int) -> Expression:
    return ["in", ["get", "class"], ["literal", list(classes)]]


def _ground() -> list[Layer]:
    """What lies under the cells and shows through the calm ones."""
    polygons: Expression = ["==", ["geometry-type"], "Polygon"]
    lines: Expression = ["==", ["geometry-type"], "LineString"]
    return [
        {"id": "water", "type": "fill", "source": "water", "filter": polygons, "paint": {"fill-color": WATER}},
        _line("water-line", "water", WATER, 2.2, lines),
        _line("roads-minor", "roads", rgba("#7fa6d6", 0.15), 0.8, _of_class(3)),
    ]


def cell_colour() -> Expression:
    """Class → colour from feature state, alone: each further property that depends on it is computed once more for every cell of a delta.

    No state yet, or none for this measure: not covered, nearly invisible. A class raised by `DIM` is one outside the area shown.
    """
    cases: list[Any] = []
    for number in (*range(len(CLASS_COLOURS)), UNKNOWN, UNCOVERED):
        cases += [number, class_colour(number), number + DIM, class_colour(number, DIMMED)]
    return ["match", ["coalesce", ["feature-state", "class"], UNCOVERED], *cases, CELL_COLOURS[0]]


def _cell_outline() -> Expression:
    """As much dimmed as its cell. A city of many cells gets one colour for all outlines (`assets/map-cells.js`)."""
    dimmed: Expression = [">=", ["coalesce", ["feature-state", "class"], UNCOVERED], UNCOVERED + DIM]
    return ["case", dimmed, rgba(NIGHT, 0.9 * DIMMED), rgba(NIGHT, 0.9)]


def _cells() -> list[Layer]:
    """For irregular cells; a regular grid is drawn by `assets/map-lattice.js` in this layer's place."""
    return [
        {
            "id": "cells",
            "type": "fill",
            "source": "cells",
            "paint": {"fill-color": cell_colour(), "fill-outline-color": _cell_outline()},
        }
    ]


def _roads_above() -> list[Layer]:
    return [
        _line("roads-main", "roads", rgba("#cfe4ff", 0.26), 1.5, _of_class(2)),
        _line("roads-express-case", "roads", rgba("#04101f", 0.75), 3.6, _of_class(1)),
        _line("roads-express", "roads", rgba("#e9c583", 0.55), 1.7, _of_class(1)),
    ]


def _borders() -> list[Layer]:
    district: Expression = ["==", ["get", "level"], "district"]
    street: Expression = ["==", ["get", "level"], "street"]
    return [
        {"id": "outside", "type": "fill", "source": "outside", "paint": {"fill-color": rgba("#030a16", 0.66), "fill-antialias": False}},
        _line("streets-border", "areas", rgba("#dcecff", 0.62), 1.1, street, **{"line-dasharray": [4, 3]}),
        _line("district-glow", "areas", rgba(ACCENT, 0.34), 13, district, **{"line-blur": 12}),
        _line("district-border", "areas", "#7fdcff", 2.2, district),
        _line("cell-hover", "focus", "#ffffff", 1.8),
    ]


def _text(layer_id: str, source: str, where: Expression, size: float, paint: dict[str, Any], layout: dict[str, Any]) -> Layer:
    return {
        "id": layer_id,
        "type": "symbol",
        "source": source,
        "filter": where,
        "metadata": {"rem": ["text-size", "text-halo-width"]},
        "layout": {"text-field": ["get", "name"], "text-font": FONT, "text-size": size, **layout},
        "paint": {"text-halo-color": "rgba(3,11,24,0.92)", "text-halo-width": 1.6, **paint},
    }


def _named(*more: Expression) -> Expression:
    return ["all", ["!=", ["coalesce", ["get", "name"], ""], ""], *more]


def _ground_names() -> list[Layer]:
    """Names of water and roads lie under the mask, so that those outside the district are as dim as what they name."""
    along = {"symbol-placement": "line", "symbol-spacing": 520, "text-letter-spacing": 0.12, "text-max-angle": 32}
    return [
        _text("names-water", "water", _named(), 13, {"text-color": "#6fa8dc"}, {"text-letter-spacing": 0.2}),
        _text("names-roads", "roads", _named(_of_class(1, 2)), 11.5, {"text-color": rgba("#c9d9ee", 0.72)}, along),
    ]


def _names() -> list[Layer]:
    dot = {"text-anchor": "top", "text-offset": [0, 0.55], "icon-image": "place", "icon-allow-overlap": True, "text-optional": True}
    bold = {"text-font": BOLD, "text-letter-spacing": 0.06, "text-padding": 6}
    return [
        _text("places", "places", _named(), 12.5, {"text-color": "#dbe8f8"}, dot),
        _text("names-streets", "streets", _named(), 17, {"text-color": "#ffffff", "text-halo-width": 2.4}, bold),
    ]


def _marker(layer_id: str, source: str) -> Layer:
    """The most severe on top; markers never hide one another's existence, so overlap is allowed."""
    return {
        "id": layer_id,
        "type": "symbol",
        "source": source,
        "layout": {
            "icon-image": ["get", "icon"],
            "icon-allow-overlap": True,
            "icon-ignore-placement": True,
            "symbol-sort-key": ["-", 0, ["get", "severity"]],
        },
        "paint": {"icon-opacity": ["get", "opacity"]},
    }


def _markers() -> list[Layer]:
    return [_marker("cases", "cases"), _marker("alerts", "alerts")]
