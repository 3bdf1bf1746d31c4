"""The files of the screens, from memory, at the edge: a page of a hundred modules asks a hundred times, also while the web process is away.

A file is read and packed when it is first asked for and again when it changed on disk. What is not a plain question for a file that
is there (a range, another method, a name nobody knows) is left to the web process, which says the same of it.
"""

import asyncio
import gzip
import hashlib
import mimetypes
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from core.static_files import SMALLEST_ZIP, ZIPPED, cache_control

mimetypes.add_type("text/javascript", ".mjs")


@dataclass(frozen=True, slots=True)
class Kept:
    """A file as it was when its stamp (mtime in ns, size in bytes) was so; `packed`: gzipped, None where that gains nothing."""

    stamp: tuple[int, int]
    body: bytes
    packed: bytes | None
    etag: str
    media_type: str


class Assets:
    """`headers` stand on every answer; `others` answers what is left to it."""

    def __init__(self, folder: Path, headers: Mapping[str, str], others: Callable[[Request], Awaitable[Response]]) -> None:
        self._folder, self._headers, self._others = folder.resolve(), dict(headers), others
        self._kept: dict[Path, Kept] = {}  # by the path with no detour in it, so never more than there are files
        self._reading = asyncio.Lock()  # a hundred walls that come at once pack a file once

    async def answer(self, request: Request) -> Response:
        """200 or 304 with the file; else what `others` says."""
        if "range" in request.headers:
            return await self._others(request)
        try:
            kept = await self._keep(self._folder / request.path_params["name"])
        except (OSError, ValueError):  # what a file system refuses as a name, too
            return await self._others(request)
        headers = {**self._headers, "ETag": kept.etag, "Cache-Control": cache_control(request.query_params)}
        if kept.packed is not None:
            headers["Vary"] = "Accept-Encoding"
        if kept.etag in (mark.strip().removeprefix("W/") for mark in request.headers.get("if-none-match", "").split(",")):
            return Response(status_code=304, headers=headers)
        if kept.packed is not None and "gzip" in request.headers.get("accept-encoding", ""):
            return Response(kept.packed, headers=headers | {"Content-Encoding": "gzip"}, media_type=kept.media_type)
        return Response(kept.body, headers=headers, media_type=kept.media_type)

    async def _keep(self, path: Path) -> Kept:
        """Off the loop when it is read: packing the largest takes a tenth of a second. Raises `OSError`, `ValueError`."""
        path = path.resolve()
        if not path.is_relative_to(self._folder):
            raise ValueError(f"{path} is none of our files")
        told = path.stat()
        stamp = (told.st_mtime_ns, told.st_size)
        if (kept := self._kept.get(path)) is not None and kept.stamp == stamp:
            return kept
        async with self._reading:
            if (kept := self._kept.get(path)) is None or kept.stamp != stamp:
                kept = self._kept[path] = await asyncio.to_thread(_read, path, stamp)
        return kept


def _read(path: Path, stamp: tuple[int, int]) -> Kept:
    body, media_type = path.read_bytes(), mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    packed = gzip.compress(body, 6) if len(body) >= SMALLEST_ZIP and media_type.startswith(ZIPPED) else None
    return Kept(stamp, body, packed, f'"{hashlib.sha256(body).hexdigest()[:20]}"', media_type)
