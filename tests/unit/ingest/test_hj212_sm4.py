"""Laws of enciphered regions (HJ 212-2025 6.4.2): the right key opens, and nothing is taken for plain that is not."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.ciphers.algorithms import SM4

from core.config import Config, FeedConfig
from core.model import Decoded, Frame, Reason
from ingest.decode import hj212, source_of
from ingest.decode.hj212_check import checksum
from ingest.decode.hj212_packet import split
from ingest.decode.hj212_sm4 import deciphered, keys_of, looks_enciphered, unbraced

Sample = Callable[[str, str], str]
KEY = "yiping-demo-key1"
PLAIN = (
    b"QN=20261121120000456;ST=31;CN=2011;PW=123456;MN=YPDEMO0000000001;Flag=9;CP=&&DataTime=20261121120000;a21026-Rtd=18.4,a21026-ZsRtd=21.0,"
    b"a21026-Flag=N;a19001-Rtd=8.1,a19001-Flag=N&&"
)


def read(config: Config, now: datetime, payload: bytes, key: str | None) -> Decoded:
    class KeyedFeed(FeedConfig):
        @property
        def key(self) -> str | None:
            return key

    frame = Frame("hj212", payload, now)
    source = source_of("hj212", config)
    assert source is not None
    out = Decoded(frames=[frame])
    hj212.decode(0, frame, replace(source, feed=KeyedFeed.model_validate(source.feed.model_dump())), {}, out)
    return out


def enciphered(key: bytes = KEY.encode(), data: bytes = PLAIN) -> bytes:
    start = data.index(b"CP=&&") + 5
    whole = (len(data) - 2 - start) // 16 * 16
    cipher = Cipher(SM4(key), modes.ECB()).encryptor()
    return b"##%04d%s%s%s%04X" % (
        len(data),
        data[:start],
        cipher.update(data[start : start + whole]),
        data[start + whole :],
        checksum(data),
    )


def test_the_block_cipher_is_sm4() -> None:
    """GB/T 32907-2016 appendix A and a vector of the facts."""
    key = bytes.fromhex("0123456789abcdeffedcba9876543210")
    cipher = Cipher(SM4(key), modes.ECB()).encryptor()
    assert cipher.update(key).hex() == "681edf34d206965e86b3e94f536e4246"
    data = b"CP=&&" + bytes.fromhex("51d45d461a00cd12208e58cb32cb3adc") + b"&&"
    assert deciphered(data, b"0" * 16) == b"CP=&&DataTime=2024060&&"


@pytest.mark.parametrize("form", ["raw", "braced"])
def test_the_right_key_opens_both_forms(config: Config, now: datetime, sample: Sample, form: str) -> None:
    payload = enciphered() if form == "raw" else sample("hj212", "sm4").encode()
    assert split(payload + b"\r\n") == ([payload], b"")
    out = read(config, now, payload, KEY)
    assert [(r.metric, r.value) for _, r in out.readings] == [("a21026-rtd", 18.4), ("a21026-zsrtd", 21.0), ("a19001-rtd", 8.1)]
    assert len(out.answers) == 1


@pytest.mark.parametrize("secret", [KEY, KEY.encode().hex(), f"{'0' * 32}\n{KEY}", f"YPDEMO0000000001:{KEY}, other:{'1' * 32}"])
def test_old_and_new_keys_and_keys_of_stations_stand_beside_each_other(config: Config, now: datetime, secret: str) -> None:
    assert len(read(config, now, enciphered(), secret).readings) == 3


def test_without_a_key_the_refusal_says_so(config: Config, now: datetime) -> None:
    for key in (None, ""):
        out = read(config, now, enciphered(), key)
        refused = out.rejected[0][1]
        assert (refused.reason, out.readings, out.answers) == (Reason.UNSUPPORTED, [], [])
        assert "SM4" in refused.detail
        assert refused.raw == enciphered()


@pytest.mark.parametrize("secret", ["0" * 32, f"other:{KEY}"])
def test_a_wrong_key_opens_nothing(config: Config, now: datetime, secret: str) -> None:
    refused = read(config, now, enciphered(), secret).rejected[0][1]
    assert refused.reason is Reason.CHECKSUM
    assert "SM4" in refused.detail


def test_a_malformed_key_is_named_without_being_told(config: Config, now: datetime) -> None:
    refused = read(config, now, enciphered(), "secret-of-wrong-length").rejected[0][1]
    assert refused.reason is Reason.UNSUPPORTED
    assert "secret" not in refused.detail
    for wrong in ("x", ":" + "0" * 32, "0" * 31):
        with pytest.raises(ValueError, match="no SM4 key"):
            keys_of(wrong)


def test_plain_packets_pass_beside_enciphered_ones(config: Config, now: datetime) -> None:
    whole = b"##%04d%s%04X" % (len(PLAIN), PLAIN, checksum(PLAIN))
    out = read(config, now, whole + b"\r\n" + enciphered() + b"noise\n" + whole, KEY)
    assert len(out.readings) == 9
    assert len(out.rejected) == 1


def test_fewer_than_sixteen_bytes_stay_plain(config: Config, now: datetime) -> None:
    data = b"QN=1;ST=31;CN=2011;MN=m;Flag=8;CP=&&a-Rtd=1&&"
    assert enciphered(data=data) == b"##%04d%s%04X" % (len(data), data, checksum(data))
    assert len(read(config, now, enciphered(data=data), KEY).readings) == 1


def test_damaged_text_is_not_called_enciphered(config: Config, now: datetime) -> None:
    whole = b"##%04d%s%04X" % (len(PLAIN), PLAIN.replace(b"18.4", b"1\x00.9"), checksum(PLAIN))
    assert "SM4" not in read(config, now, whole, None).rejected[0][1].detail
    assert not looks_enciphered(PLAIN)
    assert looks_enciphered(enciphered()[6:-4])


def test_a_brace_in_a_text_is_a_brace() -> None:
    for data in (b"CP=&&a={0xE4}&&", b"CP=&&{0xE4", b"CP=&&{0xZZ}&&"):
        assert unbraced(data) == data
    assert unbraced(b"CP=&&{0xE4,0x3e}g=N&&") == b"CP=&&\xe4\x3eg=N&&"
