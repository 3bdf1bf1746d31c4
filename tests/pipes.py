"""A pipeline without wires on a test's own database, as a worker would build it; nobody listens to its hints."""

from collections.abc import Sequence

from core.config import Config
from core.model import Position
from geodata.locate import NOWHERE, Locator
from geodata.model import Located
from pipeline import Deps
from store.registry import Locate, Registry
from store.rulebook import Rulebook
from store.timescale import Store


class Nobody:
    """Nobody listens to hints."""

    def hint(self, device_ids: Sequence[int]) -> None:
        self.last = device_ids


def nowhere(position: Position | None) -> tuple[Located, float | None, float | None]:
    """Whatever is said of a position is forgotten."""
    return NOWHERE, None, None


def unmapped(position: Position | None) -> tuple[Located, float | None, float | None]:
    """A city of which no map is drawn: positions are kept, and lie outside."""
    return Locator([], [], "", None).place(position)


def deps_of(config: Config, store: Store, locate: Locate = unmapped) -> Deps:
    return Deps(config, store, Registry(config, locate), locate, Rulebook(config), Nobody())
