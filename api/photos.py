"""Uploads of pictures: the bound of a body, and refusals as the API tells them. What a picture is decides `ingest.photos`."""

from datetime import tzinfo

from api.problems import TooLarge
from core.errors import DecodeError, Invalid
from core.model import Reason
from ingest import photos
from ingest.photos import MAX_BYTES as MAX_BYTES


def read_photo(body: bytes, zone: tzinfo) -> photos.Photo:
    """A picture decoded, shrunk and stripped. Raises `TooLarge`, or `Invalid` for what is no JPEG, PNG or WebP."""
    try:
        return photos.read_photo(body, zone)
    except DecodeError as problem:
        raise (TooLarge if problem.reason is Reason.TOO_LARGE else Invalid)(str(problem)) from problem
