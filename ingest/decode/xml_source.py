"""XML of any wire as a tree, safely: no DTD, no entity of its own, bounded in size, depth and number of elements.

Decides which character set the bytes are in (devices declare GB2312 and send UTF-8, and the other way round) and
forgets the namespaces, which differ between firmwares. Never touches a file or an address that a document names.
"""

import re
from xml.etree.ElementTree import Element, ParseError, TreeBuilder  # only the nouns: defusedxml reads

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from core.errors import DecodeError
from core.model import Reason
from ingest.decode.source import clean

SIZE = 1 << 20  # bytes
ELEMENTS = 4_000  # some 15 ms of the Python parser; a warning for a whole province has a few hundred
ATTRIBUTES = 64  # of one element
DEPTH = 64

_DECLARED = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_CHINESE = frozenset({"gb2312", "gbk", "gb18030", "gb_2312-80", "cp936", "936", "x-gbk"})
_LATIN_LOOKING = re.compile("[\x80-\u07ff]")
_ORDINARY = re.compile(rb"=[ \t\r\n]*[\"']")


class _Bounded:
    """Builds the tree without namespaces, and gives up as soon as a bound is passed."""

    def __init__(self) -> None:
        self._inner = TreeBuilder()
        self._depth = self._elements = 0

    def start(self, tag: str, attributes: dict[str, str]) -> Element:
        self._depth += 1
        self._elements += 1
        if self._depth > DEPTH or self._elements > ELEMENTS or len(attributes) > ATTRIBUTES:
            raise DecodeError(f"more than {ELEMENTS} elements, {DEPTH} levels or {ATTRIBUTES} attributes", Reason.TOO_LARGE)
        return self._inner.start(local(tag), {local(name): value for name, value in attributes.items()})

    def end(self, tag: str) -> Element:
        self._depth -= 1
        return self._inner.end(local(tag))

    def data(self, text: str) -> None:
        self._inner.data(text)

    def close(self) -> Element:
        return self._inner.close()


def xml_of(payload: bytes, most: int = SIZE) -> Element:
    """The root of a document of at most `most` bytes, its names without namespaces. Raises `DecodeError`."""
    if len(payload) > most:
        raise DecodeError(f"{len(payload)} bytes of XML, {most} allowed", Reason.TOO_LARGE)
    if len(_ORDINARY.findall(payload)) > 4 * ELEMENTS:  # expat gathers an element's attributes before anybody may object
        raise DecodeError(f"more than {4 * ELEMENTS} attributes", Reason.TOO_LARGE)
    parser = DefusedXMLParser(target=_Bounded(), forbid_dtd=True, forbid_entities=True, forbid_external=True)
    try:
        parser.feed(text_of(payload))
        root = parser.close()
    except DefusedXmlException as danger:
        raise DecodeError(f"refused XML: {type(danger).__name__}") from danger
    except (ParseError, ValueError, LookupError, AssertionError) as error:
        raise DecodeError(f"no XML: {clean(str(error))[:200]}") from error
    if not isinstance(root, Element):
        raise DecodeError("no XML: no element")
    return root


def text_of(payload: bytes) -> str:
    """The characters of a document: by its byte order mark, else UTF-8 where it can be, else GB18030.

    The declaration alone is not believed. Text that was declared Chinese and happens to be UTF-8 too is UTF-8 unless that
    would make it Latin, Greek or Cyrillic letters: Chinese of two bytes (联通) reads so, Chinese of three never does.
    """
    body = payload.strip(b" \t\r\n\x00")
    if body[:2] in (b"\xff\xfe", b"\xfe\xff") or payload[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return payload.decode("utf-16", "replace").strip("\ufeff \t\r\n\x00")
    declared = _DECLARED.match(body)
    chinese = declared is not None and declared[1].decode("ascii").lower() in _CHINESE
    try:
        text = body.decode("utf-8")
        if not (chinese and _LATIN_LOOKING.search(text)):
            return text.lstrip("\ufeff")
    except UnicodeDecodeError:
        pass
    return body.decode("gb18030", "replace")


def local(name: str) -> str:
    """`{namespace}name` → `name`."""
    return name.rpartition("}")[2]


def said(element: Element | None, name: str) -> str:
    """The trimmed text of a direct child, '' when there is none."""
    found = None if element is None else element.find(name)
    return clean((found.text or "").strip()) if found is not None else ""


def anywhere(element: Element, name: str) -> str:
    """The trimmed text of the first descendant of that name that has any."""
    return next((text for found in element.iter(name) if (text := clean((found.text or "").strip()))), "")
