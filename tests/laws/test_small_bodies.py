"""Small bodies made to be dear: each is read or refused in a moment (time of this thread, five times what it takes on a busy machine)."""

import io
import json
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

import cbor2
import pytest
from openpyxl import Workbook

from core.config import Config
from core.errors import DecodeError
from core.model import Decoded, Frame, Reason
from ingest.admit import admit
from ingest.decode import MOST_TOLD, decode, hotline_sheet, portions, wire_keys
from ingest.decode.hj212 import NEW_STATIONS
from ingest.decode.hj212_check import checksum
from ingest.decode.hotline_fields import SEPARATORS, _path
from ingest.decode.senml_cbor import records

HEAD = "办件编号,诉求主题,事项分类,派发时间"


@contextmanager
def within(seconds: float) -> Iterator[None]:
    start = time.thread_time()
    yield
    assert time.thread_time() - start < seconds


def sheet_with(inner: Callable[[bytes], bytes], part: str = "xl/worksheets/sheet1.xml") -> bytes:
    whole, plain, made = Workbook(), io.BytesIO(), io.BytesIO()
    whole.active.append(["办件编号", "诉求主题", "派发时间"])  # type: ignore[union-attr]
    whole.save(plain)
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for each in old.infolist():
            content = old.read(each)
            new.writestr(each.filename, inner(content) if each.filename == part else content)
        new.writestr("media/noise.bin", b"".join(number.to_bytes(4, "big") for number in range(0, 1 << 32, 6151)))  # room for the ratio
    return made.getvalue()


def rows(many: bytes) -> Callable[[bytes], bytes]:
    return lambda content: content.replace(b"</sheetData>", many + b"</sheetData>")


@pytest.mark.parametrize(
    "payload",
    [
        sheet_with(rows(b"<row>" + b"<c/>" * 4_500_000 + b"</row>")),
        sheet_with(rows(b"<row r='1'/>" * 1_500_000)),
        sheet_with(rows(b"<x/>" * 1_000_000)),
        sheet_with(lambda content: content.replace(b"</fonts>", b"<font/>" * 200_000 + b"</fonts>"), "xl/styles.xml"),
        sheet_with(rows(b"<row><c t='inlineStr'><is>" + b"<r/>" * 1_000_000 + b"</is></c></row>")),
    ],
    ids=["cells", "rows", "strangers", "styles", "texts"],
)
def test_a_sheet_of_many_elements_is_refused_once_and_before_it_is_parsed(payload: bytes) -> None:
    assert len(payload) < 4 << 20
    with within(8), pytest.raises(DecodeError) as refused:
        hotline_sheet.csv_of(payload)
    assert refused.value.reason is Reason.TOO_LARGE
    assert "allowed" in str(refused.value)
    with within(0.4), pytest.raises(DecodeError, match=str(refused.value).partition(",")[0]):
        hotline_sheet.csv_of(payload)


def test_blanks_in_a_category_cost_nothing() -> None:
    with within(2):
        for _ in range(5_000):
            SEPARATORS.split("a" + " " * 498 + "b")
    assert _path({"category": " 市容 / 街面 ＞ 占道 -- 经营 —— 店外"}) == ["市容", "街面", "占道", "经营", "店外"]


def read(config: Config, now: datetime, feed: str, payload: bytes) -> Decoded:
    return decode([Frame(feed, payload, now)], {}, config)


def demand_counted(out: Decoded, refused: int) -> None:
    """The first ones with their places, the others in one word."""
    assert [each.index for _, each in out.rejected][:MOST_TOLD] == list(range(MOST_TOLD))
    (last,) = out.rejected[MOST_TOLD:]
    assert (last[1].index, last[1].reason) == (None, Reason.TOO_LARGE)
    assert last[1].detail.startswith(f"{refused - MOST_TOLD} more parts")


@pytest.mark.parametrize("feed", ["http-readings", "http-reports"])
def test_elements_that_say_nothing_are_counted(config: Config, now: datetime, feed: str) -> None:
    most = config.ingest.max_reports if feed == "http-reports" else 90_000
    with within(8):
        out = read(config, now, feed, b"[" + b",".join([b"{}"] * most) + b"]")
    demand_counted(out, most)


def test_more_elements_than_any_honest_body_has_are_refused_whole(config: Config, now: datetime) -> None:
    with within(8):
        out = read(config, now, "http-readings", b"[" + b",".join([b"{}"] * 150_000) + b"]")
    assert [(each.reason, each.index) for _, each in out.rejected] == [(Reason.TOO_LARGE, None)]


def test_what_follows_thousands_of_bad_readings_keeps_its_place(config: Config, now: datetime) -> None:
    good = {"device": "a", "metric": "pm25", "value": 1, "observed_at": now.isoformat()}
    body = json.dumps([{}] * (MOST_TOLD + 5) + [good]).encode()
    out = decode([Frame("http-readings", body, now, "/api/v1/readings", "areas:")], {}, config)
    assert len(out.readings) == 1
    ((_, refused),) = admit(out, {}, {}, config, now).rejected[MOST_TOLD + 1 :]
    assert refused.index == MOST_TOLD + 5


def test_rows_of_a_file_that_say_nothing_are_counted(config: Config, now: datetime) -> None:
    demand_counted(read(config, now, "http-hotline-csv", f"{HEAD}\n".encode() + b"x\n" * 20_000), 20_000)


def packet(mn: str, data: str, more: str = "") -> bytes:
    body = f"QN=20261121120000000;ST=22;CN=2011;PW=1;MN={mn};Flag=6;{more}CP=&&{data}&&".encode()
    return b"##%04d%b%04X\r\n" % (len(body), body, checksum(body))


def test_values_of_packets_that_cannot_be_read_are_counted(config: Config, now: datetime) -> None:
    body = packet("a", "DataTime=20261121120000;" + ";".join(f"w{number}-Rtd=x" for number in range(600))) * 10
    with within(8):
        out = read(config, now, "http-hj212", body)
    assert len(out.rejected) == MOST_TOLD + 1
    assert out.rejected[-1][1].detail.startswith("5000 more parts")


def test_frames_of_sl651_that_cannot_be_read_are_counted(config: Config, now: datetime) -> None:
    frame = bytes.fromhex("7e7e0012345678911234320008020001261121120000030000")
    out = read(config, now, "http-sl651", frame * 1_900)
    assert 0 < len(out.rejected) <= MOST_TOLD + 1


def test_invented_stations_fill_no_memory(config: Config, now: datetime) -> None:
    part = "PNUM=2;PNO=1;"
    body = b"".join(packet(f"mn{number}", "DataTime=20261121120000;a-Rtd=1", part) for number in range(3 * NEW_STATIONS))
    frame = Frame("http-hj212", body, now)
    out = decode([frame], {}, config)
    assert (len(out.readings), len(out.memory), out.rejected) == (3 * NEW_STATIONS, NEW_STATIONS, [])
    known = dict.fromkeys(wire_keys([frame], config), b"")
    assert len(decode([frame], known, config).memory) == 3 * NEW_STATIONS, "stations that are known are no new ones"


@pytest.mark.parametrize(
    "pack",
    [
        b"\x81\x9a\x00\x1e\x84\x80" + b"\xf6" * 2_000_000,
        b"\x81\xa1\x02\x9a\xff\xff\xff\xff" + b"\xf6" * 2_000_000,
        b"\x81\xa1\x9f\xff\x9a\x00\x1e\x84\x80" + b"\xf6" * 2_000_000,
        b"\x81\x9f" + b"\xf6" * 2_000_000 + b"\xff",
        b"\x81\xa1\x02\x5a\xff\xff\xff\xff",
        b"\x9a\xff\xff\xff\xff" + b"\xa0" * 2_000_000,
        b"\x9f" + b"\xa0" * 2_000_000 + b"\xff",
    ],
)
def test_cbor_that_announces_or_brings_too_much_is_refused(pack: bytes) -> None:
    with within(2), pytest.raises(DecodeError) as refused:
        list(records(pack))
    assert refused.value.reason is Reason.TOO_LARGE


def test_an_ordinary_pack_is_small() -> None:
    record = {0: "n" * 300, 2: 1.5, 6: 1.5e9, 8: b"x" * 70_000, 9: [1, 2]}
    indefinite = b"\x9f\xbf\x00\x61n\x02\x01\xff\xbf\x00\x61m\x02\x02\xff\xff"
    assert len(list(records(cbor2.dumps([record] * 20)))) == 20
    assert [each["n"] for each in records(indefinite)] == ["n", "m"]


def test_a_dear_sheet_is_no_burden_for_the_writer() -> None:
    payload = sheet_with(rows(b"<x/>" * 900_000))
    assert portions("hotline-csv", payload, 1000) == [(0, payload)]
    with within(0.4), pytest.raises(DecodeError):
        hotline_sheet.csv_of(payload)
