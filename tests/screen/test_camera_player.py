"""Pictures of cameras are really played: each kind from a platform on loopback by a real Chromium, and what is said when it breaks."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser import Visitor, Windows
from tests.patience import until
from tests.video_platform import RECORD, VideoPlatform, video_platform

KINDS = [("hls", "/live.m3u8"), ("video", "/film.mp4"), ("mjpeg", "/live.mjpg"), ("snapshot", "/shot.jpg")]
# `told` keeps what a tile would be told; `colour` is the middle of what it shows.
START = """async ([kind, url]) => {
  const { play } = await import("/assets/camera-wall-player.js");
  const place = document.createElement("div");
  document.body.replaceChildren(place);
  window.told = [];
  window.stop = play(place, { kind, url, refresh_s: 1 }, "a camera", (state, at) => window.told.push(state));
  window.colour = () => {
    const shown = place.firstElementChild;
    if (!shown || !(shown.videoWidth || shown.naturalWidth)) return null;
    const pen = Object.assign(document.createElement("canvas"), { width: 64, height: 48 }).getContext("2d");
    pen.drawImage(shown, 0, 0, 64, 48);
    return [...pen.getImageData(32, 24, 1, 1).data].join();
  };
}"""


@pytest.fixture(scope="module")
def window(running_chromium: Windows) -> Iterator[tuple[VideoPlatform, Visitor]]:
    """One for all: a page that holds nothing costs seconds to open and no more to empty."""
    with video_platform() as platform:
        visitor = running_chromium.open(platform.url, 400, 300)
        visitor.go("/page")
        platform.film = bytes(visitor.page.evaluate(RECORD))
        yield platform, visitor


@pytest.fixture
def platform(window: tuple[VideoPlatform, Visitor]) -> VideoPlatform:
    window[0].broken.clear()
    return window[0]


@pytest.fixture
def visitor(window: tuple[VideoPlatform, Visitor]) -> Iterator[Visitor]:
    yield window[1]
    window[1].page.evaluate("window.stop()")


def told(visitor: Visitor) -> list[Any]:
    return list(visitor.page.evaluate("window.told"))


@pytest.mark.parametrize(("kind", "path"), KINDS)
def test_every_kind_of_picture_moves(platform: VideoPlatform, visitor: Visitor, kind: str, path: str) -> None:
    seen: set[str | None] = set()

    def moved() -> bool:
        seen.add(visitor.page.evaluate("window.colour()"))
        return len(seen) > 3

    visitor.page.evaluate(START, [kind, platform.url + path])
    until(moved, what=f"{kind} moves")
    until(lambda: "plays" in told(visitor), what=f"{kind} says that it plays")
    assert told(visitor)[0] == "waits"
    assert "failed" not in told(visitor)


@pytest.mark.parametrize(("kind", "path"), KINDS)
def test_a_platform_that_does_not_answer_is_said(platform: VideoPlatform, visitor: Visitor, kind: str, path: str) -> None:
    platform.broken.add(path)
    visitor.page.evaluate(START, [kind, platform.url + path])
    until(lambda: "failed" in told(visitor), what=f"{kind} fails")
    assert "plays" not in told(visitor)


def test_a_snapshot_comes_back_by_itself(platform: VideoPlatform, visitor: Visitor) -> None:
    visitor.page.evaluate(START, ["snapshot", f"{platform.url}/shot.jpg"])
    until(lambda: "plays" in told(visitor), what="a first picture")
    platform.broken.add("/shot.jpg")
    until(lambda: told(visitor)[-1] == "failed", what="the platform is gone")
    platform.broken.clear()
    until(lambda: told(visitor)[-1] == "plays", what="it is back")
