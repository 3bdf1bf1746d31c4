"""Signing in and out over HTTP, and the wall's link. The form at /login is a page's; both use `api.auth`."""

from api.auth import Entrance, log_in, log_out, open_screen
from api.call import Answer, Call
from api.problems import MEDIA_TYPE, Problem
from core.errors import Invalid


def post_session(call: Call) -> Answer:
    """Cookies for a login and password. Why a login was refused is told only when it is locked."""
    fields = call.fields()
    login, password = fields.get("login"), fields.get("password")
    if not isinstance(login, str) or not isinstance(password, str):
        raise Invalid("'login' and 'password' must be texts")
    with call.deps.store.connection() as connection:
        found = log_in(connection, login, password, call.now, call.address)
    if isinstance(found, Entrance):
        body = {
            "name": found.identity.scope.name,
            "role": found.identity.scope.role,
            "areas": list(found.identity.scope.areas),
            "csrf": found.csrf,
        }
        return Answer(body, 201, {"Cache-Control": "no-store"}, cookies=tuple(found.cookies(call.secure)))
    if found.until is not None:
        wait = max(1, round((found.until - call.now).total_seconds()))
        problem = Problem(429, "locked", "Locked", "too many failures; this account is locked for a while", {}, {"Retry-After": str(wait)})
    else:
        problem = Problem(401, "login_refused", "Login refused", "the login or the password is wrong")
    return Answer(problem.body(call.url), problem.status, problem.headers, MEDIA_TYPE)


def delete_session(call: Call) -> Answer:
    with call.deps.store.connection() as connection:
        log_out(connection, call.cookies, call.now, call.address)
    return Answer(
        b"", 204, cookies=({"key": "yiping_session", "value": "", "max_age": 0}, {"key": "yiping_csrf", "value": "", "max_age": 0})
    )


def enter_screen(call: Call) -> Answer:
    """`/screen/{token}`: an EventSource cannot send headers, so the token becomes a cookie and leaves the address line."""
    with call.deps.store.connection() as connection:
        entrance = open_screen(connection, call.path["token"], call.now, call.address)
    view = entrance.view or "/wall"
    # Only ways of this house: `//elsewhere` would lead out.
    target = view if view.startswith("/") and not view.startswith("//") else f"/{view.lstrip('/')}"
    headers = {"Location": target, "Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
    return Answer(b"", 303, headers, "text/plain", tuple(entrance.cookies(call.secure)))
