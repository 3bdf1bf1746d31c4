"""Opens the edge on several addresses at once: `python -m deploy.local.door PORT ADDRESS…`.

uvicorn's own command line takes one address; browsers try `::1` and `127.0.0.1` for localhost.
"""

from __future__ import annotations

import socket
import sys
from contextlib import suppress

import uvicorn

BACKLOG = 2048


def open_sockets(port: int, addresses: list[str]) -> list[socket.socket]:
    """Listening sockets; an address this machine does not have (no IPv6) is left out, the first may not be."""
    opened = [_listen(port, addresses[0])]
    for address in addresses[1:]:
        with suppress(OSError):
            opened.append(_listen(port, address))
    return opened


def _listen(port: int, address: str) -> socket.socket:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listener.bind((address, port))
        listener.listen(BACKLOG)
    except OSError:
        listener.close()
        raise
    return listener


def main() -> None:
    port, *addresses = sys.argv[1:]
    config = uvicorn.Config(
        "edge:app",
        timeout_graceful_shutdown=3,  # live streams never end by themselves
        access_log=False,  # feed tokens may stand in a path and are never logged
        server_header=False,
    )
    uvicorn.Server(config).run(sockets=open_sockets(int(port), addresses))


if __name__ == "__main__":
    main()
