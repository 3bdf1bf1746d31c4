"""Laws of reading XML: no entity, no depth, no size without bound; the right characters whatever is declared."""

import pytest

from core.errors import DecodeError
from core.model import Reason
from ingest.decode.xml_source import said, xml_of


@pytest.mark.parametrize(
    "body",
    [
        '<!DOCTYPE a [<!ENTITY x "yyyy">]><a>&x;</a>',
        '<!DOCTYPE a SYSTEM "http://127.0.0.1/a.dtd"><a/>',
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
        "<!DOCTYPE a><a/>",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_no_dtd_in_any_encoding(body: str, encoding: str) -> None:
    with pytest.raises(DecodeError, match="refused XML"):
        xml_of(body.encode(encoding))


@pytest.mark.parametrize(
    "body",
    [b"<a>" * 65, b"<a>" + b"<b/>" * 4001 + b"</a>", b"<a " + b" ".join(b"x%d='1'" % n for n in range(65)) + b"/>", b" " * (1 << 21)],
)
def test_bounds_are_named(body: bytes) -> None:
    with pytest.raises(DecodeError) as refused:
        xml_of(body)
    assert refused.value.reason is Reason.TOO_LARGE


@pytest.mark.parametrize("body", [b"", b"<a>", b"text", b"<a></b>", b"\xff\xfe", b"<a>&nbsp;</a>", b"<a>\x01</a>"])
def test_what_is_no_xml_is_named(body: bytes) -> None:
    with pytest.raises(DecodeError) as refused:
        xml_of(body)
    assert refused.value.reason is Reason.UNDECODABLE


@pytest.mark.parametrize("declared", ["GB2312", "gbk", "UTF-8", ""])
@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "utf-16", "utf-8-sig"])
@pytest.mark.parametrize("text", ["周界入侵", "ascii"])
def test_the_bytes_decide_the_characters(declared: str, encoding: str, text: str) -> None:
    head = f'<?xml version="1.0" encoding="{declared}"?>' if declared else ""
    assert said(xml_of(f"{head}<a><b>{text}</b></a>".encode(encoding)), "b") == text


def test_declared_chinese_of_two_bytes_is_not_taken_for_latin() -> None:
    assert said(xml_of('<?xml version="1.0" encoding="GB2312"?><a><b>联通</b></a>'.encode("gb2312")), "b") == "联通"


def test_names_lose_their_namespaces() -> None:
    root = xml_of(b'<x:a xmlns:x="urn:1"><b xmlns="urn:2" x:c="1">t</b></x:a>')
    assert (root.tag, said(root, "b"), root[0].attrib) == ("a", "t", {"c": "1"})
