"""The Dash site: index page, language, assets, headers, router. Composed by `app.py`; knows neither store nor sessions."""

import importlib
import re
from collections.abc import Callable, Mapping
from html import escape
from pathlib import Path
from typing import Any, cast

from dash import Dash
from flask import Flask, Response, request

from core.config import Config
from panels import frame, headers, plain
from panels.text import COOKIE, LANGUAGES, Text, choose_language, load_texts

YEAR = 365 * 24 * 3600
INDEX = """<!DOCTYPE html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<meta name="color-scheme" content="dark light">
<title>{title}</title>
<link rel="icon" type="image/svg+xml" href="/assets/favicon.svg">
{head}
{css}
<script type="module" src="/assets/boot.js"></script>
</head>
<body>
{app_entry}
{config}
{scripts}
{renderer}
</body>
</html>"""

_SHEET = re.compile(r"/assets/([\w.-]+\.css)")

Who = Callable[[], frame.Reader | None]


class Site(Dash):
    """Dash with an index page of ours: its language and title follow the request (Dash's documented extension point)."""

    texts: Mapping[str, Text]
    config_of_city: Config

    def interpolate_index(
        self,
        metas: Any = "",
        title: Any = "",
        css: Any = "",
        config: Any = "",
        scripts: Any = "",
        app_entry: Any = "",
        favicon: Any = "",
        renderer: Any = "",
    ) -> str:
        text = request_text(self.texts)
        route, _ = frame.find_route(request.path)
        links = "\n".join(link for link in css.splitlines() if route is None or _is_wanted(link, route))
        title = _title(text, route, self.config_of_city)
        return INDEX.format(
            lang=text.html_lang, title=title, head="", css=links, app_entry=app_entry, config=config, scripts=scripts, renderer=renderer
        )


def _title(text: Text, route: frame.Route | None, config: Config) -> str:
    city = config.area.title_en if text.language == "en" else config.area.title
    return f"{text(route.title)} · {city}" if route and route.module != "panels.wall" else city


def _is_wanted(link: str, route: frame.Route) -> bool:
    """Whether one of the `<link>`s Dash writes belongs to a surface; sheets of component libraries belong to all."""
    file = _SHEET.search(link)
    return file is None or route.wants_style(file[1])


def request_text(texts: Mapping[str, Text]) -> Text:
    """The texts of the present request's language."""
    return texts[choose_language(request.args.get("lang"), request.cookies.get(COOKIE))]


def make_site(
    config: Config, assets: Path, server: Flask, who: Who, register_pages: Callable[[Dash], None] = lambda app: None,
    in_force: Callable[[], Config] | None = None,
) -> Site:  # fmt: skip
    """The site on `server`. `who` gives the reader of the present request; `register_pages` binds the callbacks of the pages.

    `in_force` gives the configuration with the rules that hold now; without it they are those of the file.

    `assets/*.css` are linked in the order of their names, each where its surface is; scripts are ES modules that `boot.js` imports when
    an element asks for them, so none of them is injected by Dash.
    """
    texts = load_texts(assets / "i18n")
    app = Site(
        "yiping",
        server=cast(Any, server),
        assets_folder=str(assets),
        assets_ignore=r".*\.(js|mjs)$",
        assets_path_ignore=["vendor", "i18n"],
        serve_locally=True,
        update_title="",
        suppress_callback_exceptions=True,
        external_stylesheets=[],
    )
    app.texts, app.config_of_city = texts, config
    app.layout = frame.layout
    frame.register(app, texts, in_force or (lambda: config), lambda: (who(), dict(request.cookies)))
    register_pages(app)
    for path, route in frame.ROUTES.items():
        if route.plain:
            serve_plain(app, path, route, assets, who, in_force or (lambda: config))
    app.setup_startup_routes()
    remember_language(server)
    tell_refusals(server, config, who)
    headers.guard_answers(server, headers.content_policy(app.csp_hashes(), config.map.hosts(), config.camera_wall.origins()))
    return app


def serve_plain(app: Site, path: str, route: frame.Route, assets: Path, who: Who, in_force: Callable[[], Config]) -> None:
    """A surface that is drawn with its first answer, and its ES modules named beside it: nothing waits for Dash's renderer.

    So are the paths under it. What else its head needs stands in `HEAD` of its module.
    """
    names = dict.fromkeys((*plain.modules_of(assets, "boot.js"), *plain.modules_of(assets, route.plain)))
    modules = "\n".join(f'<link rel="modulepreload" href="/assets/{name}">' for name in names)
    head = f"{getattr(importlib.import_module(route.module), 'HEAD', '')}\n{modules}"

    def answer(rest: str = "") -> str:
        text = request_text(app.texts)
        sheets = [sheet for sheet in sorted(assets.glob("*.css")) if route.wants_style(sheet.name)]
        css = "\n".join(f'<link rel="stylesheet" href="/assets/{sheet.name}?m={sheet.stat().st_mtime}">' for sheet in sheets)
        search = f"?{request.query_string.decode()}" if request.query_string else ""
        drawn = frame.draw(f"{path}/{rest}" if rest else path, search, request.cookies, app.texts, in_force(), who())
        entry = f'<div id="screen"><div id="page">{plain.html_of(drawn)}</div></div>'
        title = escape(_title(text, route, app.config_of_city))
        return INDEX.format(lang=text.html_lang, title=title, head=head, css=css, app_entry=entry, config="", scripts="", renderer="")

    for rule in (path, f"{path}/<path:rest>"):
        app.server.add_url_rule(rule, f"plain_{route.plain}", answer)


def tell_refusals(server: Flask, config: Config, who: Who) -> None:
    """A page that is drawn as a refusal is answered with 403, whoever draws it: the first answer of Dash's surfaces is empty."""

    @server.after_request
    def tell(answer: Response) -> Response:
        if answer.status_code == 200 and answer.mimetype == "text/html":
            reader = who()
            if reader is not None and frame.refuses(reader, request.path, config):
                answer.status_code = 403
        return answer


def remember_language(server: Flask) -> None:
    """`?lang=en` on a page holds for the next pages too."""

    @server.after_request
    def keep(answer: Response) -> Response:
        language = request.args.get("lang")
        if language in LANGUAGES and answer.mimetype == "text/html":
            answer.set_cookie(COOKIE, language, max_age=YEAR, samesite="Lax")
        return answer
