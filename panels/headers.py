"""What every answer of the web process carries: the content policy, the other security headers, cache rules and gzip. No content.

The policy is strict from the first page: no script runs that we did not ship or hash, nothing is loaded from elsewhere.
"""

import gzip
from collections import OrderedDict
from collections.abc import Sequence
from threading import Lock

from flask import Flask, Request, Response, request

from core.static_files import SMALLEST_ZIP, ZIPPED, cache_control


def content_policy(
    script_hashes: Sequence[str], map_hosts: Sequence[str] = (), video_hosts: Sequence[str] = (), *, tls: bool = False
) -> str:
    """The Content-Security-Policy. `map_hosts` are the origins of the city's own map services, `video_hosts` of its video
    platform, for pictures and players: nothing else away from here is reached.

    Workers come as files of ours; `data:` and `blob:` are allowed for pictures alone
    (the map's icons are drawn in the browser, photos are shown before they are sent)."""
    rules = {
        "default-src": ["'self'"],
        "script-src": ["'self'", *script_hashes],
        "script-src-attr": ["'none'"],
        # dash-renderer, dcc and plotly.js write <style> elements of their own (seen in Chromium: 1, 10 and 1 of them);
        # MapLibre needs nothing, and nobody needs style attributes in markup.
        "style-src": ["'self'", "'unsafe-inline'"],
        "style-src-attr": ["'none'"],
        "img-src": ["'self'", "data:", "blob:", *map_hosts, *video_hosts],
        "font-src": ["'self'"],
        "connect-src": ["'self'", *map_hosts, *video_hosts],
        "worker-src": ["'self'"],
        "media-src": ["'self'", "blob:", *video_hosts],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-src": ["'none'"],
        "frame-ancestors": ["'self'"],
    }
    policy = "; ".join(f"{rule} {' '.join(sources)}" for rule, sources in rules.items())
    return policy + ("; upgrade-insecure-requests" if tls else "")


def security_headers(policy: str) -> dict[str, str]:
    """The headers of every answer. Camera, place and microphone belong to the field page alone, and only for ourselves."""
    return {
        "Content-Security-Policy": policy,
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "SAMEORIGIN",
        "Referrer-Policy": "same-origin",
        "Permissions-Policy": "camera=(self), geolocation=(self), microphone=(self), payment=(), usb=()",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }


class Zipped:
    """Holds the gzipped bodies of static files, so that each is compressed once per process (plotly.js alone takes 150 ms)."""

    def __init__(self, most: int = 512) -> None:
        self._most = most
        self._kept: OrderedDict[tuple[str, str], bytes] = OrderedDict()
        self._lock = Lock()

    def of(self, key: tuple[str, str], body: bytes) -> bytes:
        with self._lock:
            known = self._kept.get(key)
        if known is None:
            known = gzip.compress(body, 6)
            with self._lock:
                self._kept[key] = known
                while len(self._kept) > self._most:
                    self._kept.popitem(last=False)
        return known


def is_static(path: str) -> bool:
    return path.startswith(("/assets/", "/_dash-component-suites/"))


def compress(asked: Request, answer: Response, kept: Zipped) -> Response:
    """Gzip what gains by it. Streams, ranges, pictures and answers already encoded pass untouched."""
    if answer.status_code != 200 or (answer.is_streamed and not is_static(asked.path)) or answer.headers.get("Content-Encoding"):
        return answer
    if "gzip" not in asked.headers.get("Accept-Encoding", "") or not (answer.mimetype or "").startswith(ZIPPED):
        return answer
    answer.direct_passthrough = False
    body = answer.get_data()
    if len(body) < SMALLEST_ZIP:
        return answer
    mark = answer.headers.get("ETag", "")
    answer.set_data(kept.of((asked.path, mark), body) if mark and is_static(asked.path) else gzip.compress(body, 4))
    answer.headers["Content-Encoding"] = "gzip"
    answer.headers.add("Vary", "Accept-Encoding")
    return answer


def cache(asked: Request, answer: Response) -> None:
    """A file named with its fingerprint (`?v=`, `?m=`, Dash's own) may be kept for ever; pages and figures never are."""
    if answer.status_code not in (200, 206, 304):
        return
    if asked.path.startswith("/assets/"):
        answer.headers["Cache-Control"] = cache_control(asked.args)
    elif not is_static(asked.path):
        answer.headers.setdefault("Cache-Control", "no-store")


def guard_answers(server: Flask, policy: str) -> None:
    """Puts all of the above on every answer of `server`."""
    headers, kept = security_headers(policy), Zipped()

    @server.after_request
    def finish(answer: Response) -> Response:
        for name, value in headers.items():
            answer.headers.setdefault(name, value)
        cache(request, answer)
        return compress(request, answer, kept)
