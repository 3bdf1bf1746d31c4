"""Where stories are played beside a city: a database server of this machine that lives as long as the playing. Holds processes."""

from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Self

from deploy.local.services import Services
from store.migrate import upgrade


class Playground:
    """A private database server under `folder`; a `with` block starts and ends it."""

    def __init__(self, folder: Path) -> None:
        self._services = Services(folder, wanted=("postgres",), bound=True, hasty=True)
        self._numbers = count(1)

    def __enter__(self) -> Self:
        self._services.start()
        upgrade(self._services.postgres.url)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._services.stop()

    def fresh(self) -> str:
        """The address of an empty database with the present schema."""
        return self._services.postgres.copy_database(f"story_{next(self._numbers)}")
