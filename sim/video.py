"""The demo's video platform: a drawn picture of what each camera looks at, so that a camera wall has something true to its kind to show.

Every picture says that it is simulated. A camera that is silent gives none. Knows nothing of who looks: it is asked by URL, as real ones.
"""

import io
from collections.abc import Callable, Mapping
from datetime import datetime
from math import sin
from urllib.parse import unquote
from zoneinfo import ZoneInfo

from PIL import Image, ImageDraw, ImageFont

from dispatch.paper_pdf import NoFont, find_fonts
from sim.chance import trait
from sim.model import Site

WIDTH, HEIGHT = 640, 360
_HORIZON = 120
_NIGHT, _NOON = (16, 22, 36), (150, 186, 214)
_CARS = ((196, 62, 52), (232, 232, 236), (52, 92, 158), (70, 74, 82), (222, 176, 62))


class Video:
    """The platform's pictures. `silent(device, t)` tells who gives none; `crowd(site, t)` how many people are there."""

    def __init__(
        self, sites: Mapping[str, Site], zone: str, silent: Callable[[str, float], bool], crowd: Callable[[Site, float], float]
    ) -> None:
        self._sites, self._zone, self._silent, self._crowd = sites, ZoneInfo(zone), silent, crowd
        try:
            fonts = find_fonts()
            self._small, self._large = (ImageFont.truetype(fonts.regular, size, index=fonts.face) for size in (18, 24))
        except (NoFont, OSError):
            self._small = self._large = ImageFont.load_default(18)  # type: ignore[assignment]

    def answer(self, path: str, t: float) -> bytes | None:
        """The JPEG of `/snapshot/{device}.jpg` at a moment (seconds since 1970); None: there is no such camera, or it gives no picture."""
        device = unquote(path.partition("?")[0].removeprefix("/snapshot/").removesuffix(".jpg"))
        site = self._sites.get(device)
        return None if site is None or self._silent(device, t) else self._draw(site, t)

    def _draw(self, site: Site, t: float) -> bytes:
        now = datetime.fromtimestamp(t, self._zone)
        light = max(0.0, sin((now.hour + now.minute / 60 - 6) / 12 * 3.1416))
        image = Image.new("RGB", (WIDTH, HEIGHT), _mixed(_NIGHT, _NOON, light))
        pen = ImageDraw.Draw(image)
        _houses(pen, site.device, light)
        pen.polygon(
            [(260, _HORIZON), (380, _HORIZON), (WIDTH + 120, HEIGHT), (-120, HEIGHT)], fill=_mixed((34, 37, 42), (98, 102, 108), light)
        )
        for step in range(6):
            y = _HORIZON + 12 + (step * 44 + int(t * 9) % 44)
            if y < HEIGHT:
                pen.line([(320, y), (320, y + 6 + (y - _HORIZON) // 14)], fill=(224, 224, 210), width=2 + (y - _HORIZON) // 60)
        _cars(pen, site, t)
        _people(pen, site, t, self._crowd(site, t))
        self._words(pen, site, now)
        body = io.BytesIO()
        image.save(body, "JPEG", quality=72)
        return body.getvalue()

    def _words(self, pen: ImageDraw.ImageDraw, site: Site, now: datetime) -> None:
        pen.text((12, HEIGHT - 58), site.name, font=self._large, fill="white", stroke_width=2, stroke_fill="black")
        pen.text((12, HEIGHT - 28), f"{now:%Y-%m-%d %H:%M:%S}", font=self._small, fill="white", stroke_width=2, stroke_fill="black")
        at, said = (WIDTH - 12, HEIGHT - 28), "模拟画面 SIMULATED"
        pen.text(at, said, font=self._small, fill=(255, 214, 92), stroke_width=2, stroke_fill="black", anchor="ra")


def _mixed(dark: tuple[int, int, int], light: tuple[int, int, int], share: float) -> tuple[int, int, int]:
    red, green, blue = (round(one + (other - one) * share) for one, other in zip(dark, light, strict=True))
    return red, green, blue


def _houses(pen: ImageDraw.ImageDraw, key: str, light: float) -> None:
    """A row of them on each side; at night some windows are lit."""
    x = 0
    while x < WIDTH:
        wide, high = 40 + int(trait(key, f"w{x}") * 50), 30 + int(trait(key, f"h{x}") * 78)
        pen.rectangle([x, _HORIZON - high, x + wide, _HORIZON + 14], fill=_mixed((26, 31, 42), (134, 140, 148), light))
        for row in range(_HORIZON - high + 8, _HORIZON, 14):
            for column in range(x + 6, x + wide - 6, 12):
                lit = light < 0.25 and trait(key, f"{row}.{column}") < 0.4
                pen.rectangle(
                    [column, row, column + 5, row + 6], fill=(236, 202, 122) if lit else _mixed((34, 42, 56), (96, 112, 128), light)
                )
        x += wide + 4


def _cars(pen: ImageDraw.ImageDraw, site: Site, t: float) -> None:
    """As many as the road is busy, coming nearer on the right and going away on the left."""
    for number in range(1 + int(site.road * 6)):
        far = (t / (5 + 6 * trait(site.device, f"v{number}")) + trait(site.device, f"s{number}")) % 1
        near = far if number % 2 else 1 - far
        y, size = _HORIZON + 8 + near**2 * 230, 6 + near**2 * 74
        x = 320 + (1 if number % 2 else -1) * (22 + near * 150)
        pen.rounded_rectangle(
            [x - size / 2, y - size * 0.5, x + size / 2, y + size * 0.2], radius=size / 8, fill=_CARS[number % len(_CARS)]
        )


def _people(pen: ImageDraw.ImageDraw, site: Site, t: float, crowd: float) -> None:
    """A figure for each ten that are counted there."""
    for number in range(min(40, int(crowd / 10))):
        side = 1 if trait(site.device, f"a{number}") < 0.5 else -1
        x = 320 + side * (200 + 110 * trait(site.device, f"b{number}")) + 10 * sin(t / 7 + number)
        y = 190 + 130 * trait(site.device, f"c{number}")
        size = 5 + (y - _HORIZON) / 22
        pen.ellipse([x - size / 3, y - size * 2, x + size / 3, y - size * 1.35], fill=(228, 196, 170))
        pen.rounded_rectangle([x - size / 2.4, y - size * 1.3, x + size / 2.4, y], radius=size / 4, fill=_CARS[(number * 3) % len(_CARS)])
