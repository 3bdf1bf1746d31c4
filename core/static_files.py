"""How files that a browser keeps are kept and packed: one rule for the two processes that hand them out. Reads no file."""

from collections.abc import Mapping

LONG = "public, max-age=31536000, immutable"
CHECK = "no-cache"  # kept, but asked for every time: an ETag answers 304 in a millisecond
FINGERPRINTS = ("v", "m")  # the words of an address that change with the file
ZIPPED = ("text/", "application/javascript", "application/json", "application/geo+json", "image/svg+xml")
SMALLEST_ZIP = 1_000  # bytes: below, packing gains nothing


def cache_control(words: Mapping[str, str]) -> str:
    """Of a file under `/assets/`, by the words of the address it was asked for with: one with a fingerprint may be kept for ever."""
    return LONG if any(map(words.get, FINGERPRINTS)) else CHECK
