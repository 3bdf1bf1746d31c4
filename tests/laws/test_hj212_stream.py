"""Laws of the dirty port: every packet is found among other bytes, in linear time and bounded memory."""

import time

import pytest

from ingest.decode.hj212_check import checksum, checksum_modbus
from ingest.decode.hj212_packet import MAX_PACKET, split
from sim.wire import hj212_crc
from tests.wires import sample


def packet(data: bytes) -> bytes:
    return b"##%04d%s%04X" % (len(data), data, checksum(data))


GOOD = packet(b"QN=1;ST=22;CN=2011;MN=m;CP=&&DataTime=20261121110000;a-Rtd=1&&")
OTHER = packet(b"QN=2;ST=22;CN=2011;MN=m;CP=&&DataTime=20261121110000;b-Rtd=2&&")


def test_the_folded_checksum_is_the_standards() -> None:
    data = bytes((n * 73 + n // 7) % 256 for n in range(1200))
    for length in (*range(70), 127, 128, 129, 1024, 1200):
        assert f"{checksum(data[:length]):04X}" == hj212_crc(data[:length]), length  # the simulator's: bit by bit, as Appendix A writes it


def test_the_printed_vectors_hold() -> None:
    first = b"QN=20160801085857223;ST=32;CN=1062;PW=100000;MN=010000A8900016F000169DC0;Flag=5;CP=&&RtdInterval=30&&"
    second = b"QN=20240601085857223;ST=32;CN=1011;PW=123456;MN=010000A8900016F000169DC0;Flag=9;CP=&&&&"
    assert (checksum(first), checksum_modbus(first)) == (0x1C80, 0x0759)
    assert (checksum(second), checksum_modbus(second)) == (0x2200, 0xCCF4)


def test_packets_are_found_on_a_dirty_stream() -> None:
    whole = sample("hj212", "realtime").encode()
    pieces, rest = split(b"\x00noise" + whole + b"\r\n" + whole[:50] + whole + b"\n##0123QN=")
    assert pieces.count(whole) == 2
    assert rest == b"##0123QN="


@pytest.mark.parametrize(
    "between",
    [
        b"", b"\r\n", b"\n", b"noise", b"##", b"##0", b"###", b"##0123", b"##9999QN=1;", b"##0040QN=1;CP=&&12", b"\xff\x00\xfe", b"&&1234",
        b"##0010a&&1234", b"GET / HTTP/1.1\r\n\r\n", GOOD[:30], GOOD[10:], GOOD[:-2], b"##0063" + GOOD[6:-4] + b"0000", b"##0999" + GOOD[6:],
        b"\x7e\x7e\x01" * 40, b"##0012&&&&&&ABCD",
    ],
)  # fmt: skip
def test_rubbish_never_costs_the_packets_around_it(between: bytes) -> None:
    pieces, rest = split(GOOD + between + OTHER + between + GOOD)
    assert [piece for piece in pieces if piece in (GOOD, OTHER)] == [GOOD, OTHER, GOOD]
    assert b"".join(pieces).replace(GOOD, b"").replace(OTHER, b"") + rest == between.strip(b"\r\n \t\x00") * 2


def test_a_packet_is_handed_over_with_its_last_byte() -> None:
    for head in (b"", b"##9999QN=1;CP=&&a-Rtd=1", b"noise"):
        stream = head + GOOD
        assert not [piece for piece in split(stream[:-1])[0] if piece == GOOD]
        assert split(stream)[0][-1] == GOOD


def test_a_broken_packet_is_one_piece_of_its_own() -> None:
    broken = GOOD.replace(b"a-Rtd=1", b"a-Rtd=9")
    assert split(OTHER + broken + OTHER)[0] == [OTHER, broken, OTHER]


def test_raw_cipher_bytes_are_framed_by_their_length() -> None:
    secret = bytes(range(256)) + b"&&12##0099QN&&ABCD\r\n\r\n"
    data = b"QN=1;MN=m;CP=&&" + secret + b"&&"
    whole = b"##%04d%s%s" % (len(data), data, b"B401")
    assert split(GOOD + whole + b"\r\n" + OTHER) == ([GOOD, whole, OTHER], b"")


def test_the_rest_is_bounded_whatever_comes() -> None:
    for unit in (b"x", b"#", b"##", b"##9999Q", b"&&1234", b"##9999Q&&12", b"##0", b"a\n", b"\n"):
        rest = b""
        for _ in range(12):
            _, rest = split(rest + unit * (4096 // len(unit)))
            assert len(rest) <= 2 * MAX_PACKET + 4096, unit


@pytest.mark.parametrize(
    "unit",
    [
        b"##9999Q",
        b"##99A",
        b"&&1234",
        b"##0020Q&&1234",
        b"##9999QN=1;CP=&&{0x00,&&1234",
        b"#",
        b"\n",
        b"a\n",
        b"##9999Q&&1234&&1234&&1234",
        b"\xff",
    ],
)
def test_the_work_is_linear_in_the_bytes(unit: bytes) -> None:
    """Four times the rubbish may cost about four times the time; a search in every window would cost sixteen."""

    def cost(size: int) -> float:
        stream = unit * (size // len(unit))
        start = time.thread_time()
        split(stream)
        return time.thread_time() - start

    # By turns, and the best of each: what else the machine does slows both.
    small, large = (min(costs) for costs in zip(*((cost(20_000), cost(80_000)) for _ in range(4)), strict=True))
    assert large <= 10 * small + 0.004
