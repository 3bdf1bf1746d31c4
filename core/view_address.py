"""The address of a view: a path of ours and its words. A scene, a cast and a screen's home are such addresses.

Decides which addresses a screen may be told to show; never what a page makes of its words.
"""

from urllib.parse import parse_qsl, urlencode

from core.errors import Invalid
from core.model import DOMAINS
from core.plain import fault_of_text

LONGEST = 2000
SHOWABLE = ("/wall", *(f"/wall/{domain}" for domain in DOMAINS))
_READABLE = ",:/"


def read_address(text: object) -> str:
    """An address as it is kept. Raises `Invalid` for what leads out of the house or is no page of a screen."""
    if not isinstance(text, str) or not 0 < len(text) <= LONGEST:
        raise Invalid(f"an address is a text of at most {LONGEST} letters, such as /wall/water?area=320404001")
    if fault := fault_of_text(text, one_line=True):
        raise Invalid(f"address: {fault}")
    path, _, query = text.partition("#")[0].partition("?")
    if path_of(path) not in SHOWABLE:
        raise Invalid(f"a screen shows {', '.join(SHOWABLE)}, not '{path[:80]}'")
    return _written(path_of(path), parse_qsl(query))


def path_of(address: str) -> str:
    """Without words and without a slash at its end: `wall/?area=3204` → `/wall`."""
    return "/" + address.partition("?")[0].strip("/")


def with_words(address: str, **words: object) -> str:
    """The same view with other words; None takes one away."""
    path, _, query = address.partition("?")
    kept = [(name, value) for name, value in parse_qsl(query) if name not in words]
    return _written(path, kept + [(name, str(value)) for name, value in words.items() if value is not None])


def lies_under(address: str, view: str) -> bool:
    """Whether a screen bound to `view` may show an address: that page, or one below it."""
    path, bound = path_of(address), path_of(view)
    return path == bound or path.startswith(f"{bound}/")


def _written(path: str, words: list[tuple[str, str]]) -> str:
    query = urlencode(words, safe=_READABLE)
    return f"{path}?{query}" if query else path
