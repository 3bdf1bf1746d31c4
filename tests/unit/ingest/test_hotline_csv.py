"""Laws of hotline tickets as CSV."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from core.config import Config
from core.model import Decoded, Frame, Position, Reason
from ingest.admit import admit
from ingest.decode import decode, portions

Sample = Callable[[str, str], str]
SF = "unique_key,created_date,closed_date,complaint_type,descriptor,incident_address,latitude,longitude\n"
NYC = "Unique Key,Created Date,Closed Date,Complaint Type,Descriptor,Incident Address,Latitude,Longitude\n"


def read(config: Config, now: datetime, payload: bytes, topic: str = "") -> Decoded:
    return decode([Frame("http-hotline-csv", payload, now, topic)], {}, config)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_the_sample_says_what_the_page_says(config: Config, now: datetime, sample: Sample, encoding: str) -> None:
    decoded = read(config, now, sample("hotline-csv", "tickets").encode(encoding))
    first, second = (report for _, report in decoded.reports)
    assert (first.source, first.external_id, first.class_code, first.text) == ("hotline", "T-1", "0502", "地铁口积水，\n行人绕行")
    assert first.observed_at == datetime(2026, 11, 21, 4, tzinfo=UTC)
    assert first.caller == {"name": "张三", "phone": "13800000000"}
    assert (second.position, second.extra["class"], second.class_code) == (Position(0.0, 0.0), "路灯", None)
    assert [refused.index for _, refused in decoded.rejected] == [2, 3]
    assert decoded.rejected[1][1].raw.decode().startswith("T-4,时间不对")


def test_a_lying_offset_is_ignored(config: Config, now: datetime) -> None:
    report = read(config, now, (SF + "1,2016-07-13 15:11:07+00:00,,Odor,,,,\n").encode()).reports[0][1]
    assert report.observed_at == datetime(2016, 7, 13, 22, 11, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("local", "utc"),
    [("03/13/2022 02:30:00 AM", (3, 13, 7, 30)), ("11/06/2022 01:30:00 AM", (11, 6, 5, 30))],  # skipped in spring, twice in autumn
)
def test_a_clock_change_is_read_with_the_offset_before_it(
    config: Config, now: datetime, local: str, utc: tuple[int, int, int, int]
) -> None:
    report = read(config, now, (NYC + f"1,{local},,Noise,,,,\n").encode()).reports[0][1]
    assert report.observed_at == datetime(2022, *utc, tzinfo=UTC)


def test_closed_before_opened_is_kept_and_noted(config: Config, now: datetime) -> None:
    report = read(config, now, (SF + "1,2016-07-13 15:00:00+00:00,2016-07-13 14:00:00+00:00,Odor,,,,\n").encode()).reports[0][1]
    assert report.extra["ended_before_opened"] is True
    assert report.ended


def test_an_unknown_header_is_refused_whole(config: Config, now: datetime) -> None:
    assert read(config, now, b"a,b\n1,2\n").rejected[0][1].reason is Reason.UNSUPPORTED


@pytest.mark.parametrize(
    "damage", [SF[:-1] + '"1,2016-07-13 15:11:07,,Odor,,,,\n2,2016-07-13 15:12:07,,Odor,,,,\n', SF[:-1] + '1,2016-07-13,,Odor,"a\nb",,,\n']
)
def test_a_heading_that_swallowed_the_rows_is_refused(config: Config, now: datetime, damage: str) -> None:
    """A stray quotation mark, a lost line end: found by the long run of damaged frames, which ended as an empty list."""
    damage = damage.replace("longitude", "longitude,")
    [(_, refused)] = read(config, now, damage.encode()).rejected
    assert "quotation mark" in refused.detail


def test_a_heading_alone_is_an_empty_list(config: Config, now: datetime) -> None:
    decoded = read(config, now, SF.encode())
    assert (decoded.reports, decoded.rejected) == ([], [])


def test_a_topic_may_name_the_feed(config: Config, now: datetime, sample: Sample) -> None:
    body = sample("hotline-csv", "tickets").encode()
    assert len(read(config, now, body, "hotline").reports) == 2
    assert read(config, now, body, "nyc311").rejected[0][1].reason is Reason.UNDECODABLE


def test_frames_and_refusals_carry_the_name_of_the_feed_the_header_fits(config: Config, now: datetime) -> None:
    decoded = read(config, now, (NYC + "1,yesterday,,Noise,,,,\n2,11/20/2026 01:30:00 AM,,Noise,,,,\n").encode())
    assert (decoded.frames[0].feed, decoded.rejected[0][1].feed, decoded.reports[0][1].source) == ("nyc311",) * 3
    assert decode([Frame("sf311", NYC.encode(), now)], {}, config).rejected[0][1].feed == "sf311"


def test_the_windows_of_a_feed_hold_for_what_is_posted_under_its_formats_name(config: Config, now: datetime) -> None:
    feeds = {**config.feeds, "nyc311": config.feeds["nyc311"].model_copy(update={"past": timedelta(days=30)})}
    config = config.model_copy(update={"feeds": feeds})
    decoded = read(config, now, (NYC + "1,11/20/2025 01:30:00 AM,,Noise,,,,\n").encode())
    valid = admit(decoded, {}, {}, config, now)
    assert (valid.reports, valid.rejected[0][1].reason, valid.rejected[0][1].feed) == ([], Reason.CLOCK, "nyc311")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
@pytest.mark.parametrize("most", [1, 2, 3, 7])
def test_a_file_in_portions_says_what_it_says_whole(config: Config, now: datetime, sample: Sample, encoding: str, most: int) -> None:
    body = sample("hotline-csv", "tickets").encode(encoding)
    whole, parts = read(config, now, body), portions("hotline-csv", body, most)
    read_apart = [(first, read(config, now, payload)) for first, payload in parts]
    assert len(parts) == -(-4 // most) or most == 7
    assert [report for _, one in read_apart for _, report in one.reports] == [report for _, report in whole.reports]
    refused = [(first + (each.index or 0), each.raw) for first, one in read_apart for _, each in one.rejected]
    assert refused == [(each.index, each.raw) for _, each in whole.rejected]
