"""Settings of cameras and of the camera wall: how far one sees, and from where a browser may fetch its picture. Not who may look.

Pictures come from the city's video platform as it gives them, straight to the browser: nothing is transcoded or passed through here.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal
from urllib.parse import quote, urlsplit

from pydantic import Field, field_validator, model_validator

from core.setting import Duration, Part

Kind = Literal["hls", "mjpeg", "snapshot", "video"]
SIZES = (1, 4, 9, 16)  # pictures of a wall
_ORIGIN = re.compile(r"https?://(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::\d+)?")
_WORD = re.compile(r"\{(\w+)\}")
_WORDS = {"device", "gb_id", "base"}
# What an address of a camera's own plays as, by its ending; anything else is no player of a browser (rtsp, rtmp, flv …).
_ENDINGS: tuple[tuple[str, Kind], ...] = (
    (".m3u8", "hls"), (".mjpg", "mjpeg"), (".mjpeg", "mjpeg"), (".jpg", "snapshot"), (".jpeg", "snapshot"), (".png", "snapshot"),
    (".mp4", "video"), (".webm", "video"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Player:
    """How a browser shows a camera: the kind of its stream and where it is."""

    kind: Kind
    url: str


class CamerasConfig(Part):
    """What is taken for a camera of which it is not known: how far it sees, and how many degrees if it looks one way."""

    reach_m: float = Field(50, gt=0, le=2000)
    angle: float = Field(90, gt=0, le=360)


class PlayerConfig(Part):
    """Where the video platform serves a camera's picture. `{device}`, `{gb_id}` are the camera's; `{base}` is `YIPING_VIDEO_URL`.

    `hls` is a playlist (.m3u8), `mjpeg` one picture after the other in one answer, `snapshot` a picture asked for again, `video` a file.
    """

    kind: Kind
    url: str

    @field_validator("url")
    @classmethod
    def _can_be_filled(cls, url: str) -> str:
        if unknown := sorted(set(_WORD.findall(url)) - _WORDS):
            raise ValueError(f"{{{unknown[0]}}}: only {{device}}, {{gb_id}} and {{base}} are filled in")
        if not {"device", "gb_id"} & {*_WORD.findall(url)}:
            raise ValueError("holds {device} or {gb_id}: else every camera would show the same picture")
        if not url.startswith("{base}/"):
            origin_of(url)
        return url


class CameraWallConfig(Part):
    """Where pictures come from. `players`: the first that can be filled for a camera holds; one without is asked for its own address.

    `hosts`: origins that cameras' own addresses may lie on. Browsers reach these and the players', no other (docs/cameras.md).
    `refresh`: how often a snapshot is asked for. `walls`: whether screens without a person at them show pictures. `dwell`: how long
    each page of an area's cameras stands.
    """

    players: tuple[PlayerConfig, ...] = ()
    hosts: tuple[str, ...] = ()
    refresh: Duration = timedelta(seconds=5)
    dwell: Duration = timedelta(seconds=20)
    walls: bool = False

    @field_validator("hosts")
    @classmethod
    def _are_origins(cls, hosts: tuple[str, ...]) -> tuple[str, ...]:
        for host in hosts:
            if origin_of(host) != host:
                raise ValueError(f"'{host}': write the origin alone: https://video.example:8443")
        return hosts

    @model_validator(mode="after")
    def _not_too_often(self) -> "CameraWallConfig":
        if self.refresh < timedelta(seconds=1) or self.dwell < timedelta(seconds=5):
            raise ValueError("refresh is at least 1s and dwell 5s")
        return self

    def based(self, base: str) -> "CameraWallConfig":
        """With `{base}` filled in; without one, players that need it are none."""
        if base:
            origin_of(base)
        players = [
            one.model_copy(update={"url": one.url.replace("{base}", base.rstrip("/"))})
            for one in self.players
            if base or "{base}" not in one.url
        ]
        return self.model_copy(update={"players": tuple(players)})

    def origins(self) -> tuple[str, ...]:
        """What the content policy lets browsers fetch pictures from."""
        return tuple(sorted({*self.hosts, *(origin_of(one.url) for one in self.players if "{base}" not in one.url)}))

    def player_of(self, device: str, gb_id: str | None, stream_url: str | None) -> Player | str:
        """How a browser shows a camera, else why it cannot: `no_stream`, `not_for_browsers`, `other_host`."""
        known = {"device": device, "gb_id": gb_id or ""}
        for one in self.players:
            words = set(_WORD.findall(one.url))
            if "base" not in words and all(known[word] for word in words):
                return Player(one.kind, _WORD.sub(lambda found: quote(known[found[1]], safe=""), one.url))
        return _own(stream_url, self.hosts)


def _own(stream_url: str | None, hosts: Sequence[str]) -> Player | str:
    if not stream_url:
        return "no_stream"
    path = urlsplit(stream_url).path.lower()
    kind = next((kind for ending, kind in _ENDINGS if path.endswith(ending)), None)
    if kind is None or not stream_url.lower().startswith(("http://", "https://")):
        return "not_for_browsers"
    try:
        return Player(kind, stream_url) if origin_of(stream_url) in hosts else "other_host"
    except ValueError:
        return "other_host"


def origin_of(url: str) -> str:
    """`https://host:port` of an address. Raises `ValueError` where it is none, or holds a name or a password."""
    found = _ORIGIN.match(url)
    if found is None or url[found.end() : found.end() + 1] not in ("", "/"):
        raise ValueError(f"'{url[:80]}': write http(s)://host/… without a name, a password or a placeholder in the host")
    return found[0]
