"""HTTP Digest: the standard's own example, and what must not pass."""

import time
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from api import viid_digest as digest
from api.viid_digest import Asked

WORD = "Circle Of Life"
EXAMPLE = (  # RFC 2617, 3.5
    'Digest username="Mufasa", realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", uri="/dir/index.html", qop=auth, '
    'nc=00000001, cnonce="0a4f113b", response="6629fae49393a05397450978507c4ef1", opaque="5ccc069c403ebaf9f0171e9517f40e41"'
)


@pytest.fixture
def asked(now: datetime) -> Asked:
    return Asked(b"secret", "10.0.0.7", now)


def proof(asked: Asked, word: str = WORD, **changed: str) -> dict[str, str]:
    """The fields of a client that knows `word`, then changed on the way."""
    nonce = digest.read(digest.challenge(asked, "salt"))["nonce"]
    fields = {"username": "库,\"一\"", "realm": digest.REALM, "nonce": nonce, "uri": "/VIID/System/Register", "nc": "00000001",
              "cnonce": "c", "qop": "auth"}  # fmt: skip
    return fields | {"response": digest.answer(fields, word, "POST")} | changed


def test_the_example_of_the_standard_comes_out() -> None:
    fields = digest.read(EXAMPLE)
    assert (fields["username"], fields["qop"], fields["nc"]) == ("Mufasa", "auth", "00000001")
    assert digest.answer(fields, WORD, "GET") == fields["response"]


def test_who_knows_the_password_is_believed(asked: Asked) -> None:
    assert digest.proves(proof(asked), WORD, "POST", "/VIID/System/Register")


@pytest.mark.parametrize(
    "changed",
    [{"response": "0" * 32}, {"username": "x"}, {"nc": "00000002"}, {"uri": "/VIID/Other"}, {"realm": "x"}, {"qop": "auth-int"},
     {"algorithm": "SHA-256"}, {"cnonce": ""}, {"response": ""}, {"nc": ""}],
)  # fmt: skip
def test_what_was_changed_on_the_way_proves_nothing(asked: Asked, changed: dict[str, str]) -> None:
    assert not digest.proves(proof(asked, **changed), WORD, "POST", "/VIID/System/Register")


def test_neither_another_password_nor_method_nor_path_passes(asked: Asked) -> None:
    assert not digest.proves(proof(asked, "other"), WORD, "POST", "/VIID/System/Register")
    assert not digest.proves(proof(asked), WORD, "GET", "/VIID/System/Register")
    assert not digest.proves(proof(asked), WORD, "POST", "/VIID/System/Keepalive")


def test_a_nonce_holds_five_minutes_for_the_address_it_was_given_to(asked: Asked) -> None:
    fields = proof(asked)
    assert digest.is_fresh(fields, replace(asked, now=asked.now + timedelta(minutes=5))) is True
    assert digest.is_fresh(fields, replace(asked, now=asked.now + timedelta(minutes=6))) is False
    assert digest.is_fresh(fields, replace(asked, address="10.0.0.8")) is None
    assert digest.is_fresh(fields, replace(asked, secret=b"of another city")) is None


def test_two_challenges_of_one_moment_are_two(asked: Asked) -> None:
    assert digest.challenge(asked, "a") != digest.challenge(asked, "b")
    fields = proof(asked)
    assert digest.is_fresh(fields | {"nonce": fields["nonce"].replace("salt", "tlas")}, asked) is None


@pytest.mark.parametrize("nc", ["-1", "+1", "0x1", "1_0", "x", "١", "100000000", " 1"])
def test_a_count_is_eight_hexadecimal_digits_at_most(asked: Asked, nc: str) -> None:
    fields = proof(asked, nc=nc)
    assert not digest.proves(fields | {"response": digest.answer(fields, WORD, "POST")}, WORD, "POST", "/VIID/System/Register")


@pytest.mark.parametrize(
    "rest",
    ["a" * 60_000, "a " * 30_000, "a" + " " * 60_000, "a=" + " " * 60_000, 'a="' + "\\" * 60_001, 'a="' * 20_000, "=" * 60_000,
     ("a" * 32 + " ") * 2_000, "a" * 4_096, "a=" + " " * 4_094, 'a="' + "a=" * 2_046],
)  # fmt: skip
def test_no_header_holds_the_edge(rest: str) -> None:
    began = time.process_time()
    for _ in range(10):
        digest.read(f"Digest {rest}")
    assert time.process_time() - began < 2


@pytest.mark.parametrize("nonce", ["", "1", "x-y", "99999999999999999-a", "²-a", "1-\udc80", "1-a", "1-a-b"])
def test_a_nonce_that_never_was_ours_is_none(asked: Asked, nonce: str) -> None:
    assert digest.is_fresh({"nonce": nonce}, asked) is None


@pytest.mark.parametrize("header", ["", "Bearer x", "Digest", "Digest ,,,=", "digest username"])
def test_what_is_no_answer_has_no_fields(header: str) -> None:
    assert digest.read(header) == {}
