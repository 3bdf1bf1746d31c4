"""The way in and out: a plain form that works without JavaScript. It says why a login failed and for how long, never which half was wrong.

Passwords, sessions and counting failures are the door's (`Door`, composed from `api.auth`); this page only shows and redirects.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from urllib.parse import urlsplit

from dash import html
from dash.development.base_component import Component
from flask import Flask, Response, redirect, request
from jinja2 import Environment

from core.config import Config
from core.errors import StoreUnavailable
from core.model import Scope
from panels.frame import Page, home_of
from panels.parts import marks
from panels.text import COOKIE, Text, choose_language

LONGEST = 200  # characters of a name or password worth hashing


@dataclass(frozen=True, slots=True)
class Entered:
    """A login that succeeded: who, and the arguments of each `set_cookie`."""

    scope: Scope
    cookies: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Refused:
    """A login that failed: `wrong`, `disabled`, `busy`, or `locked` until a time."""

    reason: str
    until: datetime | None = None


class Door(Protocol):
    """What the composing process hands in; each call is a transaction of its own. Raises `StoreUnavailable`."""

    def log_in(self, login: str, password: str, address: str, secure: bool) -> Entered | Refused: ...
    def log_out(self, cookies: Mapping[str, str], address: str) -> Sequence[str]:
        """Ends the session; the names of the cookies to forget."""

    def proves(self, cookies: Mapping[str, str], header: str) -> bool:
        """Whether a request to leave comes from a page of ours."""


def view(page: Page) -> Component:
    """What the router draws on /login when it is reached inside the site: the way to the real, server-rendered page."""
    return html.Div(**marks({"data-goto": "/login"}))


def register(server: Flask, texts: Mapping[str, Text], config: Config, door: Door) -> None:
    """Binds GET and POST /login, and POST /logout."""
    template = Environment(autoescape=True).from_string(TEMPLATE)

    def show(error: str = "", login: str = "", status: int = 200) -> Response:
        text = texts[choose_language(request.args.get("lang"), request.cookies.get(COOKIE))]
        area = config.area
        title, other = (area.title_en, area.title) if text.language == "en" else (area.title, area.title_en)
        body = template.render(
            t=text,
            title=title,
            other=other,
            error=error,
            login=login,
            next=local_path(request.values.get("next")),
            left="left" in request.args,
            switch="zh" if text.language == "en" else "en",
        )
        return Response(body, status, mimetype="text/html", headers={"Cache-Control": "no-store"})

    def enter() -> Response:
        text = texts[choose_language(request.args.get("lang"), request.cookies.get(COOKIE))]
        name, password = request.form.get("login", "").strip()[:LONGEST], request.form.get("password", "")[:LONGEST]
        if not same_origin(request.headers.get("Origin"), request.host):
            return show(text("login.error.expired"), name, 403)
        if not name or not password:
            return show(text("login.error.empty"), name, 422)
        try:
            found = door.log_in(name, password, request.remote_addr or "", request.is_secure)
        except StoreUnavailable:
            return show(text("login.error.away"), name, 503)
        if isinstance(found, Refused):
            return show(explain(found, text, config), name, 429 if found.reason in {"locked", "busy"} else 401)
        answer = redirect(local_path(request.form.get("next")) or home_of(found.scope), 303)
        for cookie in found.cookies:
            answer.set_cookie(**cookie)
        return answer  # type: ignore[return-value]

    def leave() -> Response:
        if not door.proves(request.cookies, request.headers.get("X-Yiping-Csrf", "")):
            return Response(status=403)
        answer = redirect("/login?left", 303)
        for name in door.log_out(request.cookies, request.remote_addr or ""):
            answer.delete_cookie(name, path="/")
        return answer  # type: ignore[return-value]

    server.add_url_rule("/login", "login", show, methods=["GET"])
    server.add_url_rule("/login", "enter", enter, methods=["POST"])
    server.add_url_rule("/logout", "leave", leave, methods=["POST"])


def explain(refused: Refused, text: Text, config: Config) -> str:
    """The reason in words. A disabled account is told as a wrong one: a stranger learns nothing about who works here."""
    if refused.reason == "locked" and refused.until is not None:
        return text("login.error.locked", at=refused.until.astimezone(config.area.zone).strftime("%H:%M"))
    return text("login.error.busy" if refused.reason in {"busy", "locked"} else "login.error.wrong")


def local_path(address: str | None) -> str:
    """A path of ours to go on to, or "": never another site, however it is spelt."""
    if not address or not address.startswith("/") or address.startswith(("//", "/\\", "/login")) or any(ord(sign) < 32 for sign in address):
        return ""
    return "" if urlsplit(address).netloc else address


def same_origin(origin: str | None, host: str) -> bool:
    """Browsers name the origin of a form; one from elsewhere is refused. A request without one is no browser's form."""
    return origin in {None, "null"} or urlsplit(origin or "").netloc == host


TEMPLATE = """<!DOCTYPE html>
<html lang="{{ t.html_lang }}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<meta name="theme-color" content="#0a1a31">
<title>{{ t('login.title') }} · {{ title }}</title>
<link rel="icon" type="image/svg+xml" href="/assets/favicon.svg">
<link rel="stylesheet" href="/assets/vendor/fonts.css">
<link rel="stylesheet" href="/assets/duty-desk.css">
<link rel="stylesheet" href="/assets/login.css">
</head>
<body class="login-body">
<a class="login-language" href="?lang={{ switch }}" lang="{{ switch }}">{{ t('login.other_language') }}</a>
<main class="login desk-theme" data-panel="login">
<section class="login-city" aria-hidden="true">
<div class="login-grid"></div>
<div class="login-words">
<p class="login-mark">一屏</p><h1>{{ title }}</h1><p class="login-other">{{ other }}</p>
<p class="login-tagline">{{ t('login.tagline') }}</p><p class="login-loop">{{ t('login.loop') }}</p>
</div>
</section>
<form class="login-form" method="post" action="/login">
<p class="login-brand"><b>一屏</b><span>{{ title }}</span></p>
<h2>{{ t('login.title') }}</h2>
{% if error %}<p class="login-error" role="alert">{{ error }}</p>
{% elif left %}<p class="login-left" role="status">{{ t('login.left') }}</p>{% endif %}
<label for="login">{{ t('login.name') }}</label>
<input id="login" name="login" value="{{ login }}" autocomplete="username" autocapitalize="none"
 spellcheck="false" maxlength="200" required{% if not login %} autofocus{% endif %}>
<label for="password">{{ t('login.password') }}</label>
<input id="password" name="password" type="password" autocomplete="current-password"
 maxlength="200" required{% if login %} autofocus{% endif %}>
<input type="hidden" name="next" value="{{ next }}">
<button type="submit" data-act="login">{{ t('login.submit') }}</button>
<p class="login-help">{{ t('login.help') }}</p>
</form>
</main>
</body>
</html>
"""
