"""The archives of tiles that the configuration names, open for as long as their files stay the same. Decides nothing.

A file that is replaced is opened anew: nobody has to start anything again after copying a newer map.
"""

import threading
from pathlib import Path

from core.errors import Invalid, NotFound
from core.map_config import MapConfig
from geodata.pmtiles import Archive


class Archives:
    """Shared by the threads of a process. Holds open files."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: dict[str, tuple[tuple[int, int, int], Archive]] = {}

    def of(self, config: MapConfig, name: str) -> Archive:
        """The archive of a basemap. Raises `NotFound` for none of that name, `Invalid` for a file that is none."""
        basemap = config.basemaps.get(name)
        if basemap is None or basemap.kind != "pmtiles":
            raise NotFound(f"no basemap of ours is called '{name}'")
        path = Path(basemap.file)
        try:
            told = path.stat()
        except OSError as error:
            raise NotFound(f"the file of the basemap '{name}' is not there: {error.strerror}") from error
        mark = (told.st_ino, told.st_mtime_ns, told.st_size)
        with self._lock:
            known = self._open.get(name)
            if known is None or known[0] != mark:
                self._open[name] = known = (mark, self._opened(path, basemap.content))  # who still reads the old one keeps it alive
            return known[1]

    def _opened(self, path: Path, content: str) -> Archive:
        archive = Archive(path)
        if archive.header.content != content:
            archive.close()
            raise Invalid(f"{path} holds {archive.header.content} tiles, and the configuration says content: {content}")
        return archive
