"""Theme pages, `/analysis/themes` and `/analysis/themes/<name>`: the frame of one, and the cards of all.

What a theme shows is data (`themes` of the configuration); `assets/theme.js` fills the frame from `GET /themes/{name}`. Decides no row.
"""

from dash import html
from dash.development.base_component import Component

from core.theme_config import ThemeConfig, ThemeListConfig
from panels.analysis_views import sections
from panels.duty_frame import given, head, icon, may_open, slot
from panels.frame import Page, shell
from panels.parts import marks
from panels.text import Text


def view(page: Page, name: str) -> Component:
    """A theme's page, or the cards of all that the reader may open; the same page gives the same tree."""
    opens = {key: theme for key, theme in page.config.themes.items() if may_open(page, f"/analysis/themes/{key}")}
    tabs = html.Nav(
        [_tab(page.text, key, theme, key == name) for key, theme in opens.items()], className="th-tabs",
        **marks({"aria-label": page.text("themes.themes")}),
    )  # fmt: skip
    if name in opens:
        body, module = _theme(page.text, opens[name]), "theme.js"
    else:
        said = page.text("themes.unknown", name=name) if name else page.text("themes.choose" if opens else "themes.none")
        body, module = html.Div([html.P(said, className="th-said"), _cards(page.text, opens)], className="th-body th-index"), "theme.js"
    config = {**given(page.config), "theme": name if name in opens else "", "may_open": may_open(page, "/dispatch"),
              "kinds": {code: one.model_dump() for code, one in page.config.ledgers.enterprise_kinds.items()}}  # fmt: skip
    return shell(page, "duty", module, [head(page, "/analysis"), sections(page, "themes"), tabs, body], config)


def _words(text: Text, one: ThemeConfig | ThemeListConfig) -> str:
    return (one.label_en or one.label) if text.language == "en" else one.label


def _tab(text: Text, key: str, theme: ThemeConfig, current: bool) -> Component:
    here = marks({"aria-current": "page"} if current else {})
    return html.A([icon(theme.icon), _words(text, theme)], href=f"/analysis/themes/{key}", className="th-tab", **here)


def _cards(text: Text, themes: dict[str, ThemeConfig]) -> Component:
    return html.Div(
        [
            html.A(
                [icon(theme.icon), html.B(_words(text, theme)), _parts(text, theme)],
                href=f"/analysis/themes/{key}", className="th-card",
            )
            for key, theme in themes.items()
        ],
        className="th-cards",
    )  # fmt: skip


def _parts(text: Text, theme: ThemeConfig) -> Component:
    return html.Ul([html.Li(_words(text, one)) for one in theme.lists.values()], className="th-parts")


def _theme(text: Text, theme: ThemeConfig) -> Component:
    """Figures above, a panel for each list, the course of alerts and the hours beyond limits beside them."""
    about = (theme.about_en or theme.about) if text.language == "en" else theme.about
    lists = [_list(text, name, one) for name, one in theme.lists.items()]
    beside = [_beside(text, "course", "chart-line"), _beside(text, "hours", "gauge")]
    return html.Div(
        [
            html.P([about, slot("as-of", html.Span, className="an-note")], className="th-said"),
            slot("figures", className="th-figures", **marks({"data-panel": "theme-figures"})),
            html.Div([*lists, *beside], className="th-lists"),
        ],
        className="th-body",
    )


def _list(text: Text, name: str, one: ThemeListConfig) -> Component:
    english = text.language == "en"
    title = html.Header(
        [html.H2([html.Span(_words(text, one))]), slot(f"count-{name}", html.Span, className="an-note")], className="an-title"
    )
    awaits = html.Span((one.planned_en or one.planned) if english else one.planned)
    body = html.P([icon("clock"), html.B(text("themes.planned")), awaits], className="th-planned") if one.planned else None
    kind = "an-panel th-list th-list-planned" if one.planned else "an-panel th-list"
    return html.Section(
        [title, body or slot(f"list-{name}", className="an-scroll", tabIndex="0")], className=kind, **marks({"data-panel": f"theme-{name}"})
    )


def _beside(text: Text, name: str, symbol: str) -> Component:
    title = html.Header(
        [html.H2([icon(symbol), html.Span(text(f"themes.{name}"))]), slot(f"{name}-note", html.Span, className="an-note")],
        className="an-title",
    )
    body = slot(name, className="an-scroll", tabIndex="0")
    return html.Section([title, body], className="an-panel th-list", **marks({"data-panel": f"theme-{name}"}))
