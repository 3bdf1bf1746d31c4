"""What the ports for stations share, TCP and UDP: the addresses they listen on, and whose words they hear.

Decides nothing about packets and reads none.
"""

import socket
from collections.abc import Sequence
from ipaddress import ip_address, ip_network

import structlog

from core.errors import FeedLost

EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 stations come from outside; a feed's addresses name them
STRANGERS_NAMED = 1000  # in the log, each once: a scanner must not fill a disk

_log = structlog.get_logger(__name__)


class Callers:
    """Who may speak at a port: those of the feed's `addresses` (networks in CIDR), everybody where there are none."""

    def __init__(self, kind: str, feed: str, addresses: Sequence[str]) -> None:
        self._kind, self._feed = kind, feed
        self._networks = [ip_network(address) for address in addresses]
        self._strangers: set[str] = set()

    def knows(self, address: str) -> bool:
        """Whether a station of that address may speak. A stranger is named in the log once."""
        if not self._networks:
            return True
        name = address.partition("%")[0]  # of a link-local one the interface is named too
        found = ip_address(name)
        if any(found in network for network in self._networks):
            return True
        if name not in self._strangers and len(self._strangers) < STRANGERS_NAMED:
            self._strangers.add(name)
            _log.warning(f"{self._kind}_stranger", feed=self._feed, address=name)
        return False


def bind_tcp(hosts: Sequence[str], port: int) -> list[socket.socket]:
    """One bound stream socket per address family that this machine has; `port` 0: any that is free, the same for all.

    Raises `FeedLost` when none can be opened.
    """
    return _bind(hosts, port, socket.SOCK_STREAM, socket.SO_REUSEADDR, 1)


def bind_udp(hosts: Sequence[str], port: int, buffer: int) -> list[socket.socket]:
    """The same for datagrams; `buffer`: bytes the system may keep for us, it grants less where its limit is lower."""
    return _bind(hosts, port, socket.SOCK_DGRAM, socket.SO_RCVBUF, buffer)


def _bind(hosts: Sequence[str], port: int, kind: socket.SocketKind, option: int, value: int) -> list[socket.socket]:
    wires: list[socket.socket] = []
    problems: list[str] = []
    for host in hosts:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        try:
            wire = socket.socket(family, kind)
        except OSError as error:
            problems.append(f"{host}: {error}")
            continue
        try:
            wire.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            wire.setsockopt(socket.SOL_SOCKET, option, value)
            if family == socket.AF_INET6:
                wire.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            wire.setblocking(False)
            wire.bind((host, port or (wires[0].getsockname()[1] if wires else 0)))
            wires.append(wire)
        except OSError as error:
            wire.close()
            problems.append(f"{host}: {error}")
    if not wires:
        name = "UDP" if kind is socket.SOCK_DGRAM else "TCP"
        raise FeedLost(f"cannot listen on {name} port {port}: {'; '.join(problems)}")
    return wires
