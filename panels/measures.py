"""What the cells of the map may show: a chip for the first measures of the city, a list for the others, and how a legend words them."""

from dash import html
from dash.development.base_component import Component

from core.config import MeasureConfig
from maps.ramp import ranges
from panels.frame import Page
from panels.parts import marks

CHIPS = 5  # beside one another on the smallest map
_UNITS = {"cases": "unit.cases", "complaints": "unit.cases", "devices": "unit.percent", "response": "unit.minutes"}
_WHOLE = ("cases", "complaints")


def measures_told(page: Page) -> dict[str, dict[str, object]]:
    """Label, unit and the ranges of the six classes, by name."""
    return {
        name: {
            "label": page.text.label(measure),
            "unit": _unit(page, measure),
            "ranges": ranges(measure.limits, whole=measure.of in _WHOLE),
        }
        for name, measure in page.config.screens.measures.items()
    }


def _unit(page: Page, measure: MeasureConfig) -> str:
    metrics, text = page.config.metrics, page.text
    if measure.metric is not None:
        return metrics[measure.metric].unit if measure.metric in metrics else ""
    unit = text(_UNITS[measure.of]) if measure.of in _UNITS else ""
    return text("map.within", unit=unit, metres=f"{measure.radius_m:g}").strip(" ·") if measure.of in _UNITS else unit


def measure_chips(page: Page, chosen: str) -> Component:
    """Chips, and behind them a list where the city has more; `assets/map.js` presses the one of the address."""
    text, measures = page.text, list(page.config.screens.measures.items())
    chips = [
        html.Button(
            text.label(measure),
            type="button",
            className="chip",
            **marks({"data-measure": name, "aria-pressed": str(name == chosen).lower()}),
        )
        for name, measure in measures[:CHIPS]
    ]
    more = [html.Option(text.label(measure), value=name, **marks({"data-measure": name})) for name, measure in measures[CHIPS:]]
    first = html.Option(text("map.more_measures"), value="")
    rest = [html.Select([first, *more], className="chip chip-more", **marks({"aria-label": text("map.more_measures")}))] if more else []
    return html.Div([*chips, *rest], className="chips", role="group", **marks({"aria-label": text("map.measure")}))
