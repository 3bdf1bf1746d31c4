"""Pictures that came in frames: stored with their report or device once, held to the sender's area, harmless when anything fails."""

import io
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from core.config import Config, FeedConfig
from core.errors import BatchRefused, StoreUnavailable
from core.model import Channel, Decoded, Frame, Picture, Position, Report, Taken
from ingest.admit import admit
from store.pictures_in import PICTURES_A_FRAME
from store.registry import Registry
from store.transaction import batch
from tests.desk import NORTH, Desk, open_desk
from tests.pipes import unmapped


def jpeg(colour: int = 0, size: tuple[int, int] = (40, 30), kind: str = "JPEG") -> bytes:
    body = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "Maker"
    Image.new("RGB", size, (colour, 0, 0)).save(body, kind, exif=exif)
    return body.getvalue()


class Camera:
    """A feed that speaks in reports and pictures, into a small city with people in it."""

    def __init__(self, desk: Desk, folder: Path) -> None:
        feeds = {**desk.config.feeds, "cam": FeedConfig(kind="http", format="hikvision")}
        self.config, self.desk, self.folder, self.now = desk.config.model_copy(update={"feeds": feeds}), desk, folder, desk.now

    def report(self, number: str, **more: Any) -> Report:
        return Report(
            "cam", number, Channel.VIDEO, "视频识别:人员", self.now, position=Position(119.905, 31.785), area=f"{NORTH}001", **more
        )

    def send(self, *pictures: Picture, reports: tuple[Report, ...] = (), peer: str = "areas:", at: timedelta = timedelta(0)) -> Taken:
        frame = Frame("cam", b"body", self.now, peer=peer)
        out = Decoded(frames=[frame], reports=[(0, report) for report in reports], pictures=[(0, picture) for picture in pictures])
        with batch(self.desk.store, Registry(self.config, unmapped), unmapped, self.config, media=self.folder) as tx:
            devices, metrics, astray = tx.identify(out, self.now)
            tx.record(out, admit(out, devices, metrics, self.config, self.now, astray), devices, self.now + at)
        return tx.taken[0]

    def files(self) -> list[Path]:
        return sorted(self.folder.rglob("*.*"))


@pytest.fixture
def camera(config: Config, database_url: str, web_database_url: str, now: datetime, tmp_path: Path) -> Iterator[Camera]:
    with open_desk(config, database_url, web_database_url, now, tmp_path) as desk:
        yield Camera(desk, tmp_path)


def without_place(report: Report, area: str) -> Report:
    return Report(report.source, report.external_id, report.channel, report.title, report.observed_at, area=area)


def test_a_candidates_snapshot_is_shown_with_it_to_those_who_see_it(camera: Camera) -> None:
    camera.send(Picture(jpeg(), camera.now, "1"), reports=(without_place(camera.report("1"), f"{NORTH}001"),))
    app = camera.desk.app()
    duty, worker = camera.desk.sign_in(app, "duty1"), camera.desk.with_token(app, "read", area="320404002")
    [report] = duty.get("/reports").json["reports"]
    shape = duty.get(f"/reports/{report['id']}").json
    [picture] = shape["pictures"]
    assert shape["media"] == [picture["url"]] == [f"/api/v1/media/{picture['media_id']}"]
    assert (picture["feed"], picture["role"], picture["report_id"]) == ("cam", "evidence", report["id"])
    kept = duty.get(f"/media/{picture['media_id']}")
    assert kept.mimetype == "image/jpeg"
    assert b"Maker" not in kept.data
    assert duty.get(f"/media?report={report['id']}").json["media"] == shape["pictures"]
    assert worker.get(f"/media/{picture['media_id']}").status_code == 404
    assert worker.get(f"/media?report={report['id']}").json["media"] == []


def test_the_same_picture_again_is_one_picture_and_a_later_one_of_a_known_report_is_another(camera: Camera) -> None:
    shot = Picture(jpeg(), camera.now, "1")
    for _ in range(2):
        camera.send(shot, shot, reports=(camera.report("1"),))
    camera.send(Picture(jpeg(200), camera.now, "1"))
    assert len(camera.files()) == 2
    assert camera.desk.rows("select count(*) as n, count(distinct report_id) as reports from media") == [{"n": 2, "reports": 1}]


def test_a_picture_of_a_station_is_the_devices_and_each_moment_is_its_own(camera: Camera) -> None:
    camera.desk.rows(
        "insert into devices (device, name, domain, area, placement) values ('st', 'st', 'water', '320404001', 'none') returning 1"
    )
    for minutes in (0, 0, 5):
        taken = camera.send(Picture(jpeg(), camera.now + timedelta(minutes=minutes), device="st"))
    assert (taken.accepted, taken.duplicates) == (1, 0)
    app = camera.desk.app()
    listed = camera.desk.sign_in(app, "duty1").get("/media?device=st").json["media"]
    assert [(one["device"], one["report_id"]) for one in listed] == [("st", None)] * 2
    [refused] = camera.send(Picture(jpeg(), None, device="stranger")).rejected
    assert (refused.reason, refused.device) == ("unknown_device", "stranger")


@pytest.mark.parametrize("content", [b"", b"no picture", jpeg()[:200]])
def test_what_is_no_picture_is_rejected_with_its_head_and_its_report_stands(camera: Camera, content: bytes) -> None:
    taken = camera.send(
        Picture(content + b"\0" * 9000 if content else b"", camera.now, "1"),
        Picture(jpeg(), camera.now, "1"),
        reports=(camera.report("1"),),
    )
    assert [one.reason for one in taken.rejected] == ["undecodable"]
    assert taken.accepted == 1
    assert [len(row["raw"]) <= 4096 for row in camera.desk.rows("select raw from rejected")] == [True]
    assert camera.desk.rows("select count(*) as n from media") == [{"n": 1}]


def test_bombs_and_floods_of_pictures_are_refused_and_the_first_ones_kept(camera: Camera) -> None:
    wide = [Picture(jpeg(n, (5000, 4000), "PNG"), camera.now, "1") for n in range(3)]
    taken = camera.send(Picture(jpeg(0, (5100, 5000), "PNG"), camera.now, "1"), *wide, reports=(camera.report("1"),))
    assert [one.reason for one in taken.rejected] == ["too_large"] * 2
    many = camera.send(
        *(Picture(jpeg(n, (8, 8), "PNG"), camera.now, "2") for n in range(PICTURES_A_FRAME + 2)), reports=(camera.report("2"),)
    )
    assert [one.reason for one in many.rejected] == ["too_large"] * 2
    assert camera.desk.rows("select count(*) as n from media") == [{"n": 2 + PICTURES_A_FRAME}]


def test_a_picture_is_held_to_its_senders_area(camera: Camera) -> None:
    camera.send(reports=(without_place(camera.report("1"), f"{NORTH}001"),))
    taken = camera.send(Picture(jpeg(), camera.now, "1"), peer="areas:320404002")
    assert [one.reason for one in taken.rejected] == ["area"]
    refused = camera.send(
        Picture(jpeg(), camera.now, "2"), reports=(without_place(camera.report("2"), f"{NORTH}001"),), peer="areas:320404002"
    )
    assert [one.reason for one in refused.rejected] == ["area", "area"]
    assert [one.reason for one in camera.send(Picture(jpeg(), camera.now, "nobody's")).rejected] == ["unsupported"]
    assert camera.files() == []


def test_a_file_of_a_transaction_that_failed_is_nobodys_and_the_next_try_takes_its_place(camera: Camera) -> None:
    shot, report = Picture(jpeg(), camera.now, "1"), camera.report("1")
    out = Decoded(frames=[Frame("cam", b"", camera.now, peer="areas:")], reports=[(0, report)], pictures=[(0, shot)])

    def fail_after_recording() -> None:
        with batch(camera.desk.store, Registry(camera.config, unmapped), unmapped, camera.config, media=camera.folder) as tx:
            tx.record(out, admit(out, {}, {}, camera.config, camera.now), {}, camera.now)
            raise ValueError("later in the transaction")

    with pytest.raises(BatchRefused):
        fail_after_recording()
    [orphan] = camera.files()
    person = camera.desk.sign_in(camera.desk.app(), "duty1")
    assert person.get(f"/media/{orphan.stem}").status_code == 404
    camera.send(shot, reports=(report,))
    assert camera.files() == [orphan]
    assert camera.desk.rows("select media_id from media") == [{"media_id": orphan.stem}]


def test_a_folder_that_cannot_be_written_lets_the_frames_wait(camera: Camera) -> None:
    camera.folder = camera.folder / "file"
    camera.folder.write_bytes(b"")
    with pytest.raises(StoreUnavailable, match="media folder"):
        camera.send(Picture(jpeg(), camera.now, "1"), reports=(camera.report("1"),))
    assert camera.desk.rows("select count(*) as n from reports where external_id = '1'") == [{"n": 0}]
