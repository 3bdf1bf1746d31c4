"""The end of pictures: what is over long enough goes, and rows and files that have lost each other are found.

A row never points to nothing: it says first that its picture ended, and only then the file goes. Nothing younger than an hour is
touched: its transaction may still be under way. A file without a row is worth a whole retention: a restored dump knows nothing of what
came after it. Only in the folder that carries the database's own mark is anything cleared up.
"""

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain, islice
from pathlib import Path

import structlog

from core.errors import NotFound
from store.media import SUFFIXES, path_of, suffix_of
from store.timescale import Store, queries

_log = structlog.get_logger(__name__)
MARK = ".yiping"  # the file that says whose folder this is
_YOUNG = timedelta(hours=1)
_AT_ONCE = 1000
_ASIDE = ".gone"  # what a file is called between the decision and its end


@dataclass(slots=True)
class Swept:
    """What one sweep did: pictures that ended, files cleared away, rows whose file is lost, and rows whose file was found again."""

    ended: int = 0
    cleared: int = 0
    lost: int = 0
    found: int = 0

    def __bool__(self) -> bool:
        return bool(self.ended or self.cleared or self.lost or self.found)


def sweep(store: Store, folder: Path, keep: timedelta, now: datetime) -> Swept:
    """End what was over before `now - keep`, then compare folder and table. In portions, a transaction each.

    Does nothing where there is no folder or it is another city's.
    """
    swept = Swept()
    if not _is_ours(store, folder):
        return swept
    while ended := _expire(store, now - keep, now):
        swept.ended += len(ended)
        for media_id in ended:
            path_of(folder, media_id).unlink(missing_ok=True)
        if len(ended) < _AT_ONCE:
            break
    paths = _pictures(folder, now)
    while portion := list(islice(paths, _AT_ONCE)):
        _compare(store, portion, keep, now, swept)
    _look_for_files(store, folder, now, swept)
    return swept


def _is_ours(store: Store, folder: Path) -> bool:
    """Whether the folder carries the database's mark; the first sweep sets it."""
    if not folder.is_dir():
        return False
    file = folder / MARK
    with store.connection() as connection:
        mark = queries.media_mark(connection)
        if mark is None and not file.exists():
            queries.media_mark_folder(connection, mark=secrets.token_hex(16))
            mark = queries.media_mark(connection)
    if mark is not None and not file.exists():
        file.write_text(mark, encoding="ascii")
    if mark is None or file.read_text(encoding="ascii").strip() != mark:
        _log.error("media_folder_of_another_city", folder=str(folder), mark=MARK)
        return False
    return True


def _expire(store: Store, before: datetime, now: datetime) -> list[str]:
    """Rows say that their pictures ended: committed before any file goes."""
    with store.connection() as connection:
        return [row["media_id"] for row in queries.media_expire(connection, before=before, now=now, limit=_AT_ONCE)]


def _pictures(folder: Path, now: datetime) -> Iterator[Path]:
    """The files of pictures, an hour old at least. What an interrupted writer or sweeper left is cleared or put back on the way."""
    for path in chain.from_iterable(sorted(part.iterdir()) for part in sorted(folder.iterdir()) if part.is_dir()):
        if path.suffix == _ASIDE:
            _put_back(path)
        elif _is_young(path, now):
            continue
        elif path.suffix == ".part":
            path.unlink(missing_ok=True)
        elif path.suffix in SUFFIXES and _is_name(folder, path):
            yield path


def _is_name(folder: Path, path: Path) -> bool:
    """Whether this is where a picture of that name lies; other files are none of ours."""
    try:
        return path_of(folder, path.stem) == path
    except NotFound:
        return False


def _compare(store: Store, paths: Sequence[Path], keep: timedelta, now: datetime, swept: Swept) -> None:
    """Files go whose row is over, or that have none and are older than `keep`; a row that missed its file has it again."""
    with store.connection() as connection:
        fates = {row["media_id"]: row["ended_why"] for row in queries.media_fates(connection, media_ids=[path.stem for path in paths])}
        found = [path.stem for path in paths if fates.get(path.stem) == "lost"]
        swept.found += int(queries.media_find(connection, media_ids=found)) if found else 0
    over = [path for path in paths if (fates[path.stem] == "expired" if path.stem in fates else not _is_young(path, now, keep))]
    swept.cleared += sum(_clear(path, now) for path in over)


def _look_for_files(store: Store, folder: Path, now: datetime, swept: Swept) -> None:
    """Rows without a file say so: the file may come back with its disk, then they stand again."""
    after = ""
    while True:
        with store.connection() as connection:
            rows = queries.media_living(connection, before=now - _YOUNG, after=after, limit=_AT_ONCE)
            names = [row["media_id"] for row in rows]
            lost = [name for name in names if not path_of(folder, name).is_file()]
            swept.lost += int(queries.media_lose(connection, media_ids=lost, now=now)) if lost else 0
        if len(names) < _AT_ONCE:
            return
        after = names[-1]


def _clear(path: Path, now: datetime) -> bool:
    """Delete a file, unless somebody wrote it again a moment ago: it is put aside first, so that what is looked at is what goes."""
    aside = path.with_suffix(_ASIDE)
    try:
        path.rename(aside)
    except FileNotFoundError:
        return False
    if _is_young(aside, now):
        _put_back(aside)
        return False
    aside.unlink()
    return True


def _put_back(aside: Path) -> None:
    """Under its name again, where nobody wrote the same picture meanwhile."""
    path = aside.with_suffix(suffix_of(aside.stem))
    if path.exists():
        aside.unlink()
    else:
        aside.rename(path)


def _is_young(path: Path, now: datetime, young: timedelta = _YOUNG) -> bool:
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC) > now - young
    except FileNotFoundError:
        return True
