"""The menu: who may open which page, and the links of every header. Reads `menu` of the configuration; knows no page's content."""

from collections.abc import Collection, Mapping

from dash import html
from dash.development.base_component import Component

from core.config import Config
from core.menu_config import ModuleConfig
from panels.parts import marks
from panels.text import Text


def may_open(config: Config, role: str, path: str, for_whom: Collection[str]) -> bool:
    """Whether a role may open a page. `for_whom`: the roles the page itself is for, empty: all; the city's word goes before it."""
    module = config.module_of(path)
    if module is None or (module.roles is None and not module.off):
        return not for_whom or role in for_whom
    return not module.off and role in (module.roles or ())


def links(config: Config, text: Text, role: str, here: str, for_whom: Mapping[str, Collection[str]]) -> Component:
    """The header's links: those a role may open and is shown. `for_whom`: the roles each page that exists is for."""
    first: list[Component] = []
    more: list[Component] = []
    for name, module in config.modules.items():
        surface = "/" + module.path.split("/")[1]
        if surface in for_whom and role not in module.unlisted and may_open(config, role, module.path, for_whom[surface]):
            (more if module.more else first).append(_link(text, name, module, here))
    if len(more) == 1:
        first, more = [*first, *more], []
    return html.Nav([*first, *([_more(text, more)] if more else [])], className="desk-nav", **marks({"aria-label": text("desk.nav")}))


def _link(text: Text, name: str, module: ModuleConfig, here: str) -> Component:
    own = (module.label_en or module.label) if text.language == "en" else module.label
    current = marks({"aria-current": "page"} if module.path == here else {})
    return html.A(own or text(f"desk.nav.{name}"), href=module.path, className="desk-link", **current)


def _more(text: Text, more: list[Component]) -> Component:
    """The links that stand under one word; the word is marked while one of them is the page we are on. `assets/menu.js` closes it."""
    current = any("aria-current" in link.to_plotly_json()["props"] for link in more)  # type: ignore[no-untyped-call]
    word = html.Summary(text("desk.nav.more"), className="desk-link", **marks({"data-current": "true"} if current else {}))
    return html.Details([word, html.Div(more, className="desk-more-list")], className="desk-more")
