"""Which release this process serves: the pages' modules, styles and texts, and what of the configuration pages are drawn from.

A screen that was drawn from another one loads anew. Decides nothing about when.
"""

import hashlib
from functools import cache
from pathlib import Path

from core.config import Config

_ASSETS = Path(__file__).resolve().parents[1] / "assets"
_LETTERS = 12
_DRAWN = {"area", "screens", "wall_control", "classes", "metrics", "map", "camera_wall"}
_last: tuple[Config | None, str] = (None, "")  # of the configuration that was asked for last: every screen asks with every beat


def release_of(config: Config) -> str:
    """The same for every process of one installation, another after an update of the software or of what screens show."""
    global _last
    known, release = _last
    if known is not config:
        drawn = config.model_dump_json(include=_DRAWN)
        release = hashlib.sha256((_assets() + drawn).encode()).hexdigest()[:_LETTERS]
        _last = config, release
    return release


@cache
def _assets() -> str:
    """By content, not by time: machines that were set up at different hours serve one release."""
    digest = hashlib.sha256()
    for file in sorted(path for kind in ("*.js", "*.css", "i18n/*.json") for path in _ASSETS.glob(kind)):
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()
