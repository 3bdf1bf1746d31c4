"""Laws of the ports: two instances never meet, and stations find the ports they are set to."""

import socket

import pytest

from deploy.local.errors import SetupError
from deploy.local.ports import SPAN, demo_ports, free_ports, taken_ports


@pytest.mark.parametrize("port", [None, "", "8050", " 8050 "])
def test_without_a_wish_stations_find_their_well_known_ports(port: str | None) -> None:
    ports = demo_ports(port)
    assert (ports.public, ports.hj212, ports.sl651) == (8050, 9212, 9651)


def test_another_port_derives_every_port_from_it() -> None:
    assert list(demo_ports("9000").by_name().values()) == list(range(9000, 9000 + SPAN))


def test_two_instances_a_span_apart_share_no_port() -> None:
    first, second = demo_ports("9000"), demo_ports(str(9000 + SPAN))
    assert not set(first.by_name().values()) & set(second.by_name().values())


@pytest.mark.parametrize("port", ["80", "65535", "http", "-1", "8050.5", "八〇五〇"])
def test_what_is_no_port_is_refused_with_the_range_that_is(port: str) -> None:
    with pytest.raises(SetupError, match="1024 to"):
        demo_ports(port)


def test_free_ports_are_different_and_free() -> None:
    ports = free_ports(8)
    assert len(set(ports)) == 8
    assert taken_ports(ports) == []


def test_a_port_with_a_listener_is_taken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        assert taken_ports([port]) == [port]
