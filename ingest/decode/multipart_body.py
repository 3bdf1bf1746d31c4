"""multipart/form-data, multipart/mixed and x-mixed-replace bodies → their parts, by the boundary of the first line.

Decides where a part begins and ends, and what is a picture. Tolerant on purpose, which a form parser is not: cameras end
lines with LF alone, leave the last boundary out and count their Content-Length wrongly.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from core.errors import DecodeError
from core.model import Reason

PARTS = 64
HEAD = 4096  # bytes of a part's headers
_FIRST = re.compile(rb"\A\s*--([0-9A-Za-z'()+_,./:=?<> -]{1,100}?)[ \t]*\r?\n")
_HEADER = re.compile(rb"^([A-Za-z-]{1,40}):[ \t]*([^\r\n]{0,500})", re.MULTILINE)
_NAMED = re.compile(r"""(?<![A-Za-z])(file)?name="?([^";\r\n]{1,160})""", re.IGNORECASE)
PICTURE_MARKS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")


@dataclass(frozen=True, slots=True)
class Part:
    """One part: its field or file name ('' for none), its media type in lower case, its bytes."""

    name: str
    media: str
    content: bytes

    @property
    def picture(self) -> bool:
        """Whether it is a picture, by its bytes: names and types are often wrong."""
        return is_picture(self.content)


def is_picture(content: bytes) -> bool:
    """JPEG, PNG or WebP by the first bytes."""
    return content.startswith(PICTURE_MARKS) or (content[:4] == b"RIFF" and content[8:12] == b"WEBP")


def is_multipart(body: bytes) -> bool:
    """Whether a body begins with a boundary line that comes again."""
    first = _FIRST.match(body[:300])
    return first is not None and body.find(b"\n--" + first[1], first.end(1)) >= 0


def parts_of(body: bytes) -> list[Part]:
    """The parts in their order, empty ones left out. Raises `DecodeError` for no boundary or too many parts."""
    first = _FIRST.match(body[:300])
    if first is None:
        raise DecodeError("no boundary in the first line")
    found: list[Part] = []
    for count, piece in enumerate(_pieces(body, b"--" + first[1], first.start(1) - 2)):
        if count >= PARTS:
            raise DecodeError(f"more than {PARTS} parts", Reason.TOO_LARGE)
        part = _part(piece)
        if part.content:
            found.append(part)
    return found


def _pieces(body: bytes, boundary: bytes, start: int) -> Iterator[bytes]:
    """What stands between two boundary lines; the last one may be missing."""
    mark = re.compile(rb"\n" + re.escape(boundary) + rb"(?=--|[ \t\r\n]|\Z)")
    while start >= 0:
        begin = start + len(boundary)
        if body[begin : begin + 2] == b"--":
            return
        following = mark.search(body, begin)
        yield body[begin : following.start()] if following else body[begin:].removesuffix(b"\n")
        start = following.start() + 1 if following else -1


def _part(piece: bytes) -> Part:
    """Headers, an empty line, the content. A piece without headers is all content."""
    piece = piece.lstrip(b" \t").removeprefix(b"\r").removeprefix(b"\n")
    ends = [(at, len(mark)) for mark in (b"\r\n\r\n", b"\n\n") if (at := piece.find(mark, 0, HEAD)) >= 0]
    at, length = min(ends, default=(0, 0))
    head, content = piece[:at], piece[at + length :]
    if not _HEADER.match(head):
        head, content = b"", piece
    said = {key.lower(): value.decode("utf-8", "replace") for key, value in _HEADER.findall(head)}
    names = {bool(file): name.strip() for file, name in _NAMED.findall(said.get(b"content-disposition", ""))}
    media = said.get(b"content-type", "").partition(";")[0].strip().lower()
    if not media.startswith("image/"):
        content = content.strip(b"\r\n")
    return Part(names.get(False) or names.get(True) or "", media, content.removesuffix(b"\r"))
