"""`/wall` and `/wall/<domain>`: one glance at the whole city, or at one domain of it. Draws the frame; every figure comes by the stream.

All panels are filled from one state in the browser, so that no two of them disagree. Nothing here needs a mouse.
"""

from dash import html
from dash.development.base_component import Component

from panels.alert_list import alert_list
from panels.case_list import case_list, case_loop
from panels.district_map import district_map, map_config
from panels.feeds import feeds
from panels.frame import DOMAINS, Page, notice, shell
from panels.header import header
from panels.kpis import kpis
from panels.streets import streets
from panels.trend import trend
from panels.vitals import air_subject, vital_name, vitals

STALE_VITAL_S = 900


def view(page: Page) -> Component:
    """The wall of the city (`rest` empty) or of one domain; any other rest is an unknown page."""
    domain = page.rest or None
    if domain is not None and domain not in DOMAINS:
        return notice(page.text, "page.unknown", "/wall")
    body = html.Div(
        [
            kpis(page),
            vitals(page),
            trend(page),
            district_map(page, domain),
            streets(page),
            feeds(page),
            alert_list(page),
            case_loop(page),
            case_list(page),
        ],
        className="wall-grid",
    )
    return shell(page, "wall", "wall.js", [header(page, domain), body], wall_config(page, domain))


def wall_config(page: Page, domain: str | None) -> dict[str, object]:
    """What the wall's modules need beside the stream: how to fold a vital sign, whose a class is, when a figure is stale."""
    text = page.text
    return {
        "domain": domain,
        "vitals": [
            {"name": vital_name(vital), "metric": vital.metric, "fold": vital.fold, "good": vital.good, "bad": vital.bad}
            | {"decimals": page.config.metrics[vital.metric].decimals}
            for vital in page.config.screens.vitals
        ],
        "classes": {code: {"label": text.label(item), "domain": item.domain} for code, item in page.config.classes.items()},
        "rules": {name: {"label": rule.label, "label_en": rule.label_en, "kind": rule.kind} for name, rule in page.config.rules.items()},
        "air": air_subject(page),
        "stale": {"vital": STALE_VITAL_S},
        **map_config(page, domain),
    }
