"""The demo's video platform: a picture a camera, none of one that is silent or not there."""

import io

from PIL import Image

from sim.model import Site
from sim.video import HEIGHT, WIDTH, Video

SITE = Site("cam-1", "camera", "怀德路口", "320404001001", 119.9, 31.7, 0.0, 0.0, 60.0, road=0.8)
NOON, NIGHT = 1_795_320_000.0, 1_795_363_200.0


def platform(silent: bool = False) -> Video:
    return Video({"cam-1": SITE}, "Asia/Shanghai", lambda device, t: silent, lambda site, t: 120.0)


def brightness(body: bytes) -> float:
    with Image.open(io.BytesIO(body)) as picture:
        assert picture.size == (WIDTH, HEIGHT)
        return float(picture.convert("L").resize((1, 1)).tobytes()[0])


def test_a_picture_is_drawn_anew_with_the_time_and_the_light_of_its_moment() -> None:
    noon, later, night = (platform().answer("/snapshot/cam-1.jpg?t=1", t) for t in (NOON, NOON + 3, NIGHT))
    assert noon
    assert later
    assert night
    assert noon != later
    assert brightness(noon) > brightness(night) + 20


def test_a_camera_that_is_silent_or_unknown_gives_none() -> None:
    assert platform(silent=True).answer("/snapshot/cam-1.jpg", NOON) is None
    assert platform().answer("/snapshot/cam-2.jpg", NOON) is None
    assert platform().answer("/", NOON) is None
