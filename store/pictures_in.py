"""Stores the pictures that came in frames: of a report of the same feed, or of a device, in the same transaction.

Held to their sender's area as reports are. One that cannot be used is rejected with its reason and costs nobody else. Its file is
named by its owner and its bytes: the same picture again is known before it is unpacked, and what a failed transaction wrote is
written over by the next try.
"""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from core.bounds import bounds_of
from core.config import Config
from core.errors import DecodeError, StoreUnavailable
from core.model import Decoded, Frame, Picture, Reason, Rejected
from ingest.photos import MAX_PIXELS, Photo, read_photo
from store.media import keep_photo
from store.report_entries import Key
from store.reports_in import StoredReports
from store.timescale import Connection, queries, sql

POINTS_A_FRAME = 2 * MAX_PIXELS  # unpacking them takes a second or two, in which the frame's neighbours wait
PICTURES_A_FRAME = 64
_DEVICE = ""  # stands for the source where the owner is no report
_RAW_MOST = 4096  # bytes: of a refused picture its head


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture ready to be stored, and whose it is. `photo` None: it is known already, nothing is to be written."""

    frame: int
    picture: Picture
    owner: Key
    media_id: str
    photo: Photo | None


@dataclass(slots=True)
class Shots:
    """What was made of the pictures of a batch before anything of it was locked."""

    ready: list[Shot] = field(default_factory=list)
    rejected: list[tuple[int, Rejected]] = field(default_factory=list)


@dataclass(slots=True)
class StoredPictures:
    """`accepted` and `duplicates` are frame indices of devices' pictures: those of reports come with their report."""

    accepted: list[int] = field(default_factory=list)
    duplicates: list[int] = field(default_factory=list)
    rejected: list[tuple[int, Rejected]] = field(default_factory=list)


def read_pictures(connection: Connection, decoded: Decoded, config: Config) -> Shots:
    """Unpack and strip what is new: the dear part, to be done before rows are locked. Only frames with pictures pay."""
    shots = Shots()
    if not decoded.pictures:
        return shots
    sources = {(index, report.external_id): report.source for index, report in decoded.reports}
    named = [(index, picture, _owner(index, picture, sources, decoded.frames[index])) for index, picture in decoded.pictures]
    ids = [media_id_of(owner, picture) for _, picture, owner in named]
    known = {row["media_id"] for row in queries.media_known(connection, media_ids=sorted(set(ids)))}
    rooms: dict[int, tuple[int, int]] = {}
    for (index, picture, owner), media_id in zip(named, ids, strict=True):
        if media_id in known:
            shots.ready.append(Shot(index, picture, owner, media_id, None))
            continue
        known.add(media_id)
        count, points = rooms.get(index, (PICTURES_A_FRAME, POINTS_A_FRAME))
        try:
            if not count:
                raise DecodeError(f"more than {PICTURES_A_FRAME} pictures in one frame", Reason.TOO_LARGE)
            photo = read_photo(picture.content, config.area.zone, min(MAX_PIXELS, points))
        except DecodeError as problem:
            shots.rejected.append((index, _refused(decoded.frames[index], picture, problem.reason, str(problem))))
            continue
        rooms[index] = count - 1, points - photo.points
        shots.ready.append(Shot(index, picture, owner, media_id, photo))
    return shots


def media_id_of(owner: Key, picture: Picture) -> str:
    """24 letters of the owner and the bytes. A device's picture is another one at another time, a report's is not."""
    at = picture.observed_at.isoformat() if owner[0] == _DEVICE and picture.observed_at else ""
    head = "\0".join((*owner, at)).encode("utf-8", "replace")
    digest = hashlib.sha256(hashlib.sha256(head).digest() + hashlib.sha256(picture.content).digest()).digest()
    return base64.urlsafe_b64encode(digest[:18]).decode()


def _owner(index: int, picture: Picture, sources: Mapping[tuple[int, str], str], frame: Frame) -> Key:
    """The report it came with, else one of its feed, else the device."""
    if picture.external_id is None:
        return _DEVICE, picture.device or ""
    return sources.get((index, picture.external_id), frame.feed), picture.external_id


def store_pictures(
    connection: Connection, frames: Sequence[Frame], shots: Shots, reports: StoredReports, folder: Path | None, now: datetime
) -> StoredPictures:
    """Write files and rows. Raises `StoreUnavailable` when the folder cannot be written: the frames are offered again."""
    stored = StoredPictures(rejected=list(shots.rejected))
    if not shots.ready:
        return stored
    owned, why = _owners(connection, shots, reports), {frame: one.reason for frame, one in reversed(reports.rejected)}
    rows: dict[str, dict[str, object]] = {}
    for shot in shots.ready:
        frame, owner = frames[shot.frame], owned.get(shot.owner)
        problem = _problem(shot, owner, frame, folder, why)
        if problem or owner is None or folder is None:
            stored.rejected += [(shot.frame, _refused(frame, shot.picture, *problem))] if problem else []
            continue
        if shot.photo:
            rows[shot.media_id] = _row(shot, shot.photo, owner, frame, now)
            _keep(folder, shot.photo, shot.media_id)
        if shot.picture.external_id is None:
            (stored.accepted if shot.photo else stored.duplicates).append(shot.frame)
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(sql("media_take"), [rows[media_id] for media_id in sorted(rows)])
    return stored


def _problem(
    shot: Shot, owner: tuple[int, str] | None, frame: Frame, folder: Path | None, why: Mapping[int, Reason]
) -> tuple[Reason, str] | None:
    """Why a picture is not kept. Of a refused report it is refused for the same reason (`why`, by frame)."""
    if owner is None and shot.picture.external_id is None:
        return Reason.UNKNOWN_DEVICE, "it is not registered"
    if owner is None:
        return why.get(shot.frame, Reason.UNSUPPORTED), "it is not known"
    if not owner[1].startswith(bounds_of(frame)):
        return Reason.AREA, "it is outside its sender's area"
    if folder is None:
        return Reason.UNSUPPORTED, "this process was given no media folder"
    return None


def _owners(connection: Connection, shots: Shots, reports: StoredReports) -> dict[Key, tuple[int, str]]:
    """The number and area of each report or device that pictures belong to; of unknown ones nothing."""
    found = dict(reports.kept)
    keys = sorted({shot.owner for shot in shots.ready if shot.owner[0] != _DEVICE and shot.owner not in found})
    devices = sorted({shot.owner[1] for shot in shots.ready if shot.owner[0] == _DEVICE})
    if keys:
        rows = queries.media_reports(connection, sources=[source for source, _ in keys], external_ids=[number for _, number in keys])
        found |= {(row["source"], row["external_id"]): (row["report_id"], row["area"]) for row in rows}
    if devices:
        found |= {(_DEVICE, row["device"]): (row["device_id"], row["area"]) for row in queries.media_devices(connection, devices=devices)}
    return found


def _row(shot: Shot, photo: Photo, owner: tuple[int, str], frame: Frame, now: datetime) -> dict[str, object]:
    device = shot.picture.external_id is None
    return {
        "media_id": shot.media_id, "sha256": photo.sha256, "kind": "image/jpeg", "bytes": len(photo.jpeg), "area": owner[1],
        "report_id": None if device else owner[0], "device_id": owner[0] if device else None, "feed": frame.feed, "role": "evidence",
        "lon": photo.lon, "lat": photo.lat, "taken_at": shot.picture.observed_at or photo.taken_at or frame.received_at, "now": now,
    }  # fmt: skip


def _keep(folder: Path, photo: Photo, media_id: str) -> None:
    try:
        keep_photo(folder, photo.jpeg, media_id)
    except OSError as error:
        raise StoreUnavailable(f"the media folder cannot be written: {error}") from error


def _refused(frame: Frame, picture: Picture, reason: Reason, detail: str) -> Rejected:
    whose = f"picture of {'device' if picture.external_id is None else 'report'} '{picture.external_id or picture.device}': "
    return Rejected(frame.feed, reason, whose + detail, picture.content[:_RAW_MOST], frame.received_at, picture.device)
