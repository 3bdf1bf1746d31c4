"""The map's frame: chips, legend, notes and the cell card stand in it; `assets/map.js` draws the map itself."""

from dash import html
from dash.development.base_component import Component

from core.config import MeasureConfig
from maps.ramp import CELL_COLOURS, CLASS_COLOURS, MARKS
from maps.style import style
from panels.frame import Page
from panels.map_layers import layers_told, map_layers
from panels.map_tools import basemap_config, map_tools
from panels.measures import measure_chips, measures_told
from panels.parts import UNKNOWN, figure, marks, slot
from panels.text import Text

DOMAIN_MEASURE = {"emergency": "risk", "urban": "crowd", "environment": "air", "water": "water"}


def first_measure(measures: dict[str, MeasureConfig], domain: str | None) -> str:
    """What the map shows first; "" where the city has configured nothing to show."""
    wanted = DOMAIN_MEASURE.get(domain or "emergency", "")
    return wanted if wanted in measures else next(iter(measures), "")


def map_config(page: Page, domain: str | None) -> dict[str, object]:
    """What `assets/map.js` draws from: the style, the marks of the severities, and the measures with the ranges of their classes."""
    screens = page.config.screens
    return {
        "style": style(),
        "marks": {
            str(level): {
                "colour": m.colour,
                "ink": m.ink,
                "shape": m.shape,
                "character": m.letter if page.language == "en" else m.character,
            }
            for level, m in MARKS.items()
        },
        "measure": first_measure(screens.measures, domain),
        "measures": measures_told(page),
        "cell_colours": list(CELL_COLOURS),
        "basemaps": basemap_config(page),
        "layers": layers_told(page),
        "work_kinds": {code: {"label": one.label, "label_en": one.label_en} for code, one in page.config.planned_works.kinds.items()},
        "reader": page.scope.role if page.scope else "",
    }


def district_map(page: Page, domain: str | None) -> Component:
    text = page.text
    return html.Section(
        [
            html.Div(className="map-canvas", id="map", **marks({"data-drawing": text("map.drawing")})),
            slot("map-over"),
            measure_chips(page, first_measure(page.config.screens.measures, domain)),
            _legend(text),
            _notes(text),
            *map_tools(page),
            *map_layers(page),
            slot("cell-card"),
            html.Div(
                [html.Strong(className="lost-head"), html.Span(className="lost-note")],
                className="lost",
                role="alert",
                **marks({"data-slot": "lost"}),
            ),
            html.Div(className="missed", role="status", **marks({"data-slot": "missed"})),
        ],
        className="panel panel-map",
        **marks({"data-panel": "map"}),
    )


def _legend(text: Text) -> Component:
    """Six classes with range and number of cells, and the cells of which nothing is known. All of it ties to the total."""
    classes = [
        html.Li(
            [
                html.I(className=f"swatch class-{number}"),
                html.Span(UNKNOWN, className="range"),
                figure(f"cells_{number}", kind="small-figure"),
            ],
            **marks({"data-class": str(number)}),
        )
        for number in range(len(CLASS_COLOURS))
    ]
    unknown = html.Li(
        [
            html.I(className="swatch class-unknown"),
            html.Span(text("map.unknown"), className="range"),
            figure("cells_unknown", kind="small-figure"),
        ],
        **marks({"data-class": "-1"}),
    )
    head = html.P(
        [
            html.Strong(className="legend-title", **marks({"data-slot": "legend-title"})),
            html.Span(text("map.cells_per_class"), className="dim"),
        ]
    )
    return html.Div([head, html.Ol([*classes, unknown])], className="legend", **marks({"data-slot": "legend"}))


def _notes(text: Text) -> Component:
    return html.Div(
        [
            html.P(
                [
                    html.Span(text("map.cells"), className="dim"),
                    figure("cells_total", kind="small-figure"),
                    html.Span("/", className="dim"),
                    figure("cells_grid", unit=text("unit.cells"), kind="small-figure"),
                    html.Span(text("map.schematic"), className="schematic"),
                ]
            ),
            html.P(
                [
                    html.Span(text("map.updated"), className="dim"),
                    figure("cells_per_second", unit=text("unit.cells_per_s"), kind="small-figure"),
                    html.Time(UNKNOWN, className="updated", **marks({"data-slot": "updated"})),
                ]
            ),
            html.Div(
                [html.I(className="scale-bar"), html.Span(UNKNOWN, className="scale-text")],
                className="scale",
                **marks({"data-slot": "scale"}),
            ),
        ],
        className="map-notes",
    )
