"""The page shell and the router: which module draws which path, and what every page is given. Decides nothing about content.

A page module has `view(page: Page) -> Component`, drawn once per visit, and, where it has callbacks, `register(app, page_of)`.
Whatever changes afterwards is written by the ES module the page names (`shell(..., module="wall.js")`): it must export
`mount(root, config)`; `assets/boot.js` calls it when the element appears. The stream never passes through a Dash prop:
dash-renderer keeps every value of an input for ever.
"""

import importlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from dash import Dash, Input, Output, State, dcc, html
from dash.development.base_component import Component

from core import manual
from core.config import Config
from core.model import Scope
from core.view_address import lies_under
from panels import menu
from panels.parts import marks
from panels.text import COOKIE, Text, choose_language


@dataclass(frozen=True, slots=True)
class Route:
    """One surface: the module that draws it, the key of its title, whether it asks for a session, the roles it is for (empty: all).

    `plain` names the ES module of a surface that comes as HTML of its own, without Dash's renderer (`panels.plain`).

    `styles` are the prefixes of the style sheets it is given beside the common ones (`00-…css`); empty: its own name.
    Pages therefore need no unusual class names, and every way between surfaces is a plain link that loads the page anew.
    """

    module: str
    title: str
    public: bool = False
    roles: tuple[str, ...] = ()
    styles: tuple[str, ...] = ()
    plain: str = ""

    def wants_style(self, file: str) -> bool:
        """Whether a style sheet of `assets/` belongs to this surface."""
        own = self.styles or (self.module.rpartition(".")[2],)
        return file[:1].isdigit() or file.removesuffix(".css").partition("-")[0] in own


ROUTES: Mapping[str, Route] = {
    "/wall": Route("panels.wall", "page.wall", plain="wall.js"),
    "/replay": Route("panels.replay", "page.replay", styles=("wall", "replay")),
    "/duty": Route("panels.duty", "page.duty"),
    "/dispatch": Route(
        "panels.dispatch", "page.dispatch", roles=("dispatcher", "duty", "leader", "supervisor"), styles=("duty", "dispatch")
    ),
    "/field": Route("panels.field", "page.field", plain="field.js"),
    "/cockpit": Route("panels.cockpit", "page.cockpit"),
    "/incident": Route("panels.incident", "page.incident", styles=("duty", "incident")),
    "/analysis": Route(
        "panels.analysis", "page.analysis", roles=("leader", "supervisor", "dispatcher", "admin", "auditor"), styles=("duty", "analysis")
    ),
    "/cameras": Route("panels.cameras", "page.cameras", roles=("dispatcher", "duty", "supervisor"), styles=("duty", "cameras")),
    "/ledgers": Route("panels.ledgers", "page.ledgers", styles=("duty", "ledgers")),
    "/quality": Route("panels.quality", "page.quality", styles=("duty", "quality")),
    "/entry": Route("panels.entry", "page.entry", roles=tuple(sorted(manual.ROLES)), styles=("duty", "entry")),
    "/admin": Route("panels.admin", "page.admin", roles=("admin",), styles=("duty", "admin")),
    "/login": Route("panels.login", "page.login", public=True),
}
HOME = {"wall": "/wall", "leader": "/cockpit", "dispatcher": "/dispatch", "grid_worker": "/field", "handler": "/field"}
DOMAINS = ("emergency", "urban", "environment", "water")


@dataclass(frozen=True, slots=True)
class Reader:
    """Who asks for a page. `view` is the path a screen's token is bound to, with those under it; None: any that the role may see."""

    scope: Scope
    view: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """All that a page may be drawn from: who reads, in which language, the city's configuration, the path and what follows it."""

    path: str
    rest: str
    query: Mapping[str, str]
    text: Text
    config: Config
    scope: Scope | None

    @property
    def language(self) -> str:
        return self.text.language


def find_route(path: str) -> tuple[Route | None, str]:
    """The route of a path, and what stands behind it: `/wall/water` → (wall, "water")."""
    head, _, rest = path.strip("/").partition("/")
    return ROUTES.get(f"/{head}"), rest.strip("/")


def home_of(scope: Scope | None) -> str:
    """Where a role goes when it asks for nothing in particular."""
    return HOME.get(scope.role, "/duty") if scope else "/login"


def shell(page: Page, screen: str, module: str, children: list[Component], config: Mapping[str, Any]) -> Component:
    """A page's root. `module` is the file in `assets/` that keeps it alive; `config` is handed to it as JSON."""
    area = page.config.area
    given = {
        "screen": screen,
        "language": page.language,
        "timezone": area.timezone,
        "area": area.code,
        "title": area.title_en if page.language == "en" else area.title,
        **config,
    }
    return html.Main(
        children,
        className=f"page page-{screen}",
        **marks({"data-screen": screen, "data-module": module, "data-config": json.dumps(given, ensure_ascii=False)}),
    )


def layout() -> Component:
    """What Dash draws on every path: an address bar watcher and an empty place for the page."""
    return html.Div([dcc.Location(id="at", refresh=False), html.Div(id="page")], id="screen")


def draw(path: str, search: str, cookies: Mapping[str, str], texts: Mapping[str, Text], config: Config, reader: Reader | None) -> Component:
    """The page of a path for a reader. A path that needs a session and has none becomes a way to the login page."""
    query = {key: values[-1] for key, values in parse_qs(search.lstrip("?")).items()}
    text = texts[choose_language(query.get("lang"), cookies.get(COOKIE))]
    scope = reader.scope if reader else None
    route, rest = find_route(path)
    if route is None:
        return notice(text, "page.unknown", home_of(scope)) if path.strip("/") else goto(home_of(scope))
    if not route.public and reader is None:
        return goto(f"/login?next={path}")
    if reader is not None and refuses(reader, path, config):
        return notice(text, "page.not_allowed", (reader.view or home_of(scope)) + search)
    view: Callable[[Page], Component] = importlib.import_module(route.module).view
    return view(Page(path, rest, query, text, config, scope))


def refuses(reader: Reader, path: str, config: Config) -> bool:
    """Whether a page exists and is not for this reader: it is drawn as a refusal, and its answer is 403."""
    route, _ = find_route(path)
    return route is not None and not route.public and not may_see(reader, route, path, config)


def may_see(reader: Reader, route: Route, path: str, config: Config) -> bool:
    """A screen's token opens its view, those under it and nothing else; the account of a wall opens walls; else the menu says who may."""
    if reader.view:
        return lies_under(path, reader.view)
    if reader.scope.role == "wall":
        return route.module == "panels.wall"
    return menu.may_open(config, reader.scope.role, path, route.roles)


def goto(address: str) -> Component:
    """Sends the browser elsewhere; `assets/boot.js` follows it."""
    return html.Div(**marks({"data-goto": address}))


def notice(text: Text, key: str, address: str) -> Component:
    return html.Main([html.P(text(key)), html.A(text("page.back"), href=address)], className="page page-notice")


def register(
    app: Dash, texts: Mapping[str, Text], config: Callable[[], Config], who: Callable[[], tuple[Reader | None, Mapping[str, str]]]
) -> None:
    """Binds the router. `config` gives the configuration with the rules in force now, `who` the reader of the request and its cookies."""

    @app.callback(Output("page", "children"), Input("at", "pathname"), State("at", "search"))
    def route_page(pathname: str | None, search: str | None) -> Component:
        reader, cookies = who()
        return draw(pathname or "/", search or "", cookies, texts, config(), reader)
