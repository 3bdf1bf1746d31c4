"""`/wall` and `/wall/<domain>`: one glance at the whole city, or at one domain of it. Draws the frame; every figure comes by the stream.

All panels are filled from one state in the browser, so that no two of them disagree. Nothing here needs a mouse. All panels are drawn;
which of them a screen shows and where is its layout's (`screens.layouts`), chosen in the browser by the shape of the screen.
"""

from dash import html
from dash.development.base_component import Component

from core.rule_config import Rule
from core.screen_config import WallContentConfig
from maps.daylight import in_daylight
from panels.alert_list import alert_list
from panels.cameras import camera_panel, wall_words
from panels.case_list import case_list, case_loop
from panels.class_list import class_list
from panels.district_map import district_map, map_config
from panels.feeds import feeds
from panels.frame import DOMAINS, Page, notice, shell
from panels.header import header
from panels.incident_list import incident_list
from panels.kpis import kpis, vital_name
from panels.screens import control_config
from panels.streets import streets
from panels.trend import trend
from panels.vitals import air_subject, vitals
from panels.weather import weather_warnings

STALE_VITAL_S = 900
THEMES = ("dark", "light")

# The first picture, asked for with the first bytes of the page: its modules come meanwhile.
HEAD = '<link rel="preload" as="fetch" crossorigin="anonymous" href="/api/v1/snapshot?screen=wall">'


def view(page: Page) -> Component:
    """The wall of the city (`rest` empty) or of one domain; any other rest is an unknown page."""
    domain = page.rest or None
    if domain is not None and domain not in DOMAINS:
        return notice(page.text, "page.unknown", "/wall")
    return shell(page, "wall", "wall.js", children(page, domain), wall_config(page, domain))


def children(page: Page, domain: str | None) -> list[Component]:
    """The header and the grid of panels; the replay draws the same."""
    wall = content(page, domain)
    panels = [
        *(kpis(page, wall), vitals(page, wall), trend(page), district_map(page, domain), streets(page), feeds(page), alert_list(page)),
        *(incident_list(page), case_loop(page), case_list(page), class_list(page), weather_warnings(page), camera_panel(page)),
    ]
    body = html.Div(panels, className="wall-grid")
    return [header(page, domain), body]


def content(page: Page, domain: str | None) -> WallContentConfig:
    """What this wall shows; a city that says nothing of it gets the shipped figures."""
    return {str(name): wall for name, wall in page.config.screens.walls.items()}.get(domain or "city", WallContentConfig())


def theme_of(page: Page) -> str:
    """The address says it, else the city."""
    wanted = page.query.get("theme", "")
    return wanted if wanted in THEMES else page.config.screens.theme


def wall_config(page: Page, domain: str | None) -> dict[str, object]:
    """What the wall's modules need beside the stream: layouts, figures, how to fold a vital sign, whose a class is."""
    text, screens, wall = page.text, page.config.screens, content(page, domain)
    map_ = map_config(page, domain)
    return {
        "domain": domain,
        "control": control_config(page),
        "theme": theme_of(page),
        "cameras": wall_words(page),
        "layouts": {name: one.model_dump() for name, one in screens.layouts.items() if not wall.layouts or name in wall.layouts},
        "tiles": {
            name: one.model_dump(include={"count", "classes", "channels"}) for name, one in screens.tiles.items() if name in wall.tiles
        },
        "vitals": [
            {"name": vital_name(vital), "metric": vital.metric, "fold": vital.fold, "good": vital.good, "bad": vital.bad}
            | {"decimals": page.config.metrics[vital.metric].decimals}
            for vital in screens.vitals
        ],
        "classes": {code: {"label": text.label(item), "domain": item.domain} for code, item in page.config.classes.items()},
        "rules": {name: _rule(rule) for name, rule in page.config.rules.items()},
        "air": air_subject(page),
        "stale": {"vital": STALE_VITAL_S},
        **map_,
        **({name: in_daylight(map_[name]) for name in ("style", "basemaps")} if theme_of(page) == "light" else {}),
    }


def _rule(rule: Rule) -> dict[str, object]:
    """What a wall calls a rule and its levels."""
    levels = [{"label": one.label, "label_en": one.label_en} for one in getattr(rule, "limits", ()) if one.label]
    return {"label": rule.label, "label_en": rule.label_en, "kind": rule.kind, "limits": levels}
