"""From where a browser may fetch a camera's picture: the platform's address where it can be filled, else the camera's own, else why not."""

import pytest
from pydantic import ValidationError

from core.camera_wall_config import CameraWallConfig, Player

HLS = {"kind": "hls", "url": "https://video.example:8443/live/{gb_id}.m3u8"}
SHOT = {"kind": "snapshot", "url": "{base}/shot/{device}.jpg"}


def told(*players: dict[str, str], hosts: tuple[str, ...] = ()) -> CameraWallConfig:
    return CameraWallConfig.model_validate({"players": players, "hosts": hosts})


def test_the_first_player_that_can_be_filled_holds() -> None:
    wall = told(HLS, SHOT).based("http://10.1.2.3:8060/")
    assert wall.player_of("cam-1", "3" * 20, None) == Player("hls", f"https://video.example:8443/live/{'3' * 20}.m3u8")
    assert wall.player_of("cam/1 &?", None, None) == Player("snapshot", "http://10.1.2.3:8060/shot/cam%2F1%20%26%3F.jpg")
    assert wall.origins() == ("http://10.1.2.3:8060", "https://video.example:8443")


def test_without_a_base_a_player_that_needs_one_is_none() -> None:
    wall = told(SHOT)
    assert (wall.based("").player_of("cam-1", None, None), wall.origins(), wall.based("").origins()) == ("no_stream", (), ())
    assert wall.player_of("cam-1", None, None) == "no_stream", "an address that was never filled leads nowhere"


@pytest.mark.parametrize(("url", "found"), [
    ("https://nvr.example/a/live.M3U8?token=x", "hls"), ("https://nvr.example/a.jpg", "snapshot"), ("https://nvr.example/v.mjpg", "mjpeg"),
    ("https://nvr.example/v.mp4", "video"), ("rtsp://user:pass@nvr.example/1", "not_for_browsers"), ("https://nvr.example/live.flv", "not_for_browsers"),
    ("ftp://nvr.example/a.jpg", "not_for_browsers"), ("https://other.example/a.jpg", "other_host"),
    ("https://nvr.example.evil.test/a.jpg", "other_host"), ("https://u:p@nvr.example/a.jpg", "other_host"), (None, "no_stream"), ("", "no_stream"),
])  # fmt: skip
def test_a_cameras_own_address_plays_only_on_a_configured_host(url: str | None, found: str) -> None:
    player = told(hosts=("https://nvr.example",)).player_of("cam-1", None, url)
    assert (player if isinstance(player, str) else player.kind) == found


@pytest.mark.parametrize("wrong", [
    {"players": [{"kind": "hls", "url": "https://video.example/live.m3u8"}]}, {"players": [{"kind": "hls", "url": "https://v/{secret}.m3u8"}]},
    {"players": [{"kind": "hls", "url": "https://u:p@video.example/{device}.m3u8"}]}, {"players": [{"kind": "flv", "url": "https://v/{device}"}]},
    {"players": [{"kind": "hls", "url": "https://{device}.example/live.m3u8"}]}, {"hosts": ["https://video.example/path"]},
    {"hosts": ["*"]}, {"hosts": ["https://video.example; script-src *"]}, {"refresh": "100ms"}, {"dwell": "1s"},
])  # fmt: skip
def test_what_would_open_more_than_a_picture_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        CameraWallConfig.model_validate(wrong)
