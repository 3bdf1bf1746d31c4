"""Which port each part of an instance listens on, so that two instances never meet."""

from __future__ import annotations

import socket
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields

from deploy.local.errors import SetupError

HOME_PORT = 8050
WELL_KNOWN = (9212, 9651)  # HJ 212 and SL 651: what stations are set to
SPAN = 8  # an instance uses PORT … PORT + 7


@dataclass(frozen=True)
class Ports:
    """`public` is the one people open; hj212 and sl651 are open to stations; the others are private."""

    public: int
    web: int
    postgres: int
    redis: int
    mqtt: int
    hj212: int
    sl651: int
    hotline: int = 0  # the demo's own 12345 platform; 0: none

    def by_name(self) -> Mapping[str, int]:
        return {field.name: getattr(self, field.name) for field in fields(self)}


def demo_ports(port: str | None) -> Ports:
    """The ports for the text of PORT. On 8050 (or none) the stations' ports are the well-known 9212 and 9651."""
    text = (port or str(HOME_PORT)).strip()
    if not text.isdecimal() or not 1024 <= int(text) <= 65535 - SPAN:
        raise SetupError(f"PORT={text!r} is not a port", mend=f"PORT is a number from 1024 to {65535 - SPAN}")
    first = int(text)
    hj212, sl651 = WELL_KNOWN if first == HOME_PORT else (first + 5, first + 6)
    return Ports(
        public=first,
        web=first + 1,
        postgres=first + 2,
        redis=first + 3,
        mqtt=first + 4,
        hj212=hj212,
        sl651=sl651,
        hotline=first + 7,
    )


def free_ports(count: int) -> list[int]:
    """`count` different ports nobody uses now. They are held together while looking, so none comes twice."""
    held = [socket.socket(socket.AF_INET, socket.SOCK_STREAM) for _ in range(count)]
    try:
        for each in held:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in held]
    finally:
        for each in held:
            each.close()


def taken_ports(ports: Iterable[int]) -> list[int]:
    """Those of `ports` that somebody listens on at this machine's own address."""
    return [port for port in ports if _is_taken(port)]


def _is_taken(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # A port whose last connections are still fading out can be listened on again, as servers do.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False
