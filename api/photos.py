"""Uploads of pictures and voice notes: the bound of a body, and refusals as the API tells them. What they are decides `ingest`."""

from datetime import tzinfo

from api.problems import TooLarge
from core.errors import DecodeError, Invalid
from core.model import Reason
from ingest import photos, voices
from ingest.photos import MAX_BYTES as MAX_BYTES


def read_photo(body: bytes, zone: tzinfo) -> photos.Photo:
    """A picture decoded, shrunk and stripped. Raises `TooLarge`, or `Invalid` for what is no JPEG, PNG or WebP."""
    try:
        return photos.read_photo(body, zone)
    except DecodeError as problem:
        raise _refusal(problem) from problem


def read_voice(body: bytes) -> voices.Voice:
    """A voice note as it came. Raises `TooLarge`, or `Invalid` for what is no sound of a phone."""
    try:
        return voices.read_voice(body)
    except DecodeError as problem:
        raise _refusal(problem) from problem


def _refusal(problem: DecodeError) -> TooLarge | Invalid:
    return (TooLarge if problem.reason is Reason.TOO_LARGE else Invalid)(str(problem))
