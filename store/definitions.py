"""The catalogue of indicators with all its versions: the file's cards recorded, people's words added, the last word in force.

Computes no figure; nothing said is ever rewritten.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb
from pydantic import ValidationError

from core.config import Config, problems_of
from core.errors import Invalid, NotFound, StaleWrite
from core.indicator_config import COUNTED_IN, COUNTED_NOW, CardConfig
from store import audit
from store.acts import Act
from store.timescale import Connection, queries

FILE = "config.yaml"
_CODE = re.compile(r"[a-z][a-z0-9_]{0,40}")


@dataclass(frozen=True, slots=True)
class Card:
    """One card as it holds. `version` 0: only the file says it, and nobody has recorded it yet."""

    code: str
    version: int
    says: CardConfig
    origin: str = "file"
    at: datetime | None = None
    by: str = FILE
    why: str = ""

    def shape(self) -> dict[str, Any]:
        told = {"code": self.code, "version": self.version, "origin": self.origin, "at": self.at, "by": self.by, "why": self.why}
        return {**told, **self.says.model_dump(mode="json")}


def in_force(connection: Connection, config: Config) -> dict[str, Card]:
    """The catalogue: the file's cards in their order, then those only people added; hidden ones left out."""
    rows = {row["code"]: row for row in queries.definitions_last(connection)}
    found = {
        code: _card(rows[code], says) if code in rows else Card(code, 0, says) for code, says in config.cockpit.cards.items()
    }  # fmt: skip
    for code, row in rows.items():
        if code not in found and row["origin"] == "city" and code not in config.cockpit.hidden:
            found[code] = _card(row, None)
    return found


def find(connection: Connection, config: Config, code: str) -> Card:
    """Raises `NotFound`."""
    cards = in_force(connection, config)
    if code not in cards:
        raise NotFound(f"no indicator is called '{code}'")
    return cards[code]


def _card(row: Mapping[str, Any], file: CardConfig | None) -> Card:
    """A stored word that this version of the software no longer understands gives way to the file's."""
    try:
        says = CardConfig.model_validate(row["body"])
    except ValidationError:
        if file is None:
            raise
        return Card(row["code"], row["version"], file, row["origin"], row["at"], row["by"], row["why"])
    return Card(row["code"], row["version"], says, row["origin"], row["at"], row["by"], row["why"])


def record_file(connection: Connection, config: Config, now: datetime) -> list[str]:
    """Every card that the file says otherwise than when it was last recorded becomes a version; returns their codes.

    What a person said since stands until the file itself changes: whoever speaks last is heard, and the versions tell both.
    """
    known = {row["code"]: row["body"] for row in queries.definitions_of_file(connection)}
    told = []
    for code, card in config.cockpit.cards.items():
        body = card.model_dump(mode="json")
        if known.get(code) != body:
            queries.definitions_queue(connection, code=code)
            columns = {"origin": "file", "body": Jsonb(body), "at": now, "by": FILE, "account_id": None, "why": ""}
            queries.definitions_add(connection, code=code, **columns)
            told.append(code)
    return told


def read_card(body: Mapping[str, Any]) -> CardConfig:
    """A card from somebody's words. Raises `Invalid` with every problem."""
    try:
        return CardConfig.model_validate(dict(body))
    except ValidationError as error:
        raise Invalid("; ".join(f"{one.path}: {one.message}" for one in problems_of(error, CardConfig))) from error


def say(connection: Connection, config: Config, code: str, says: CardConfig, act: Act) -> Card:
    """Add a version to the catalogue; `act.expect` is the version that was seen. The same words again change nothing.

    Raises `StaleWrite` when somebody was faster, `Invalid` for a count or formula there is none of.
    """
    if not _CODE.fullmatch(code):
        raise Invalid(f"'{code}' is no code; write letters, digits and _, a letter first")
    _demand_source(config, code, says)
    queries.definitions_queue(connection, code=code)
    present = in_force(connection, config).get(code)
    if act.expect is not None and act.expect != (present.version if present else 0):
        raise StaleWrite(str(present.version if present else 0))
    if present and present.says == says and present.version:
        return present
    row = {"origin": "city", "body": Jsonb(says.model_dump(mode="json")), "at": act.now, "by": act.by, "why": act.note}
    version = queries.definitions_add(connection, code=code, account_id=act.scope.account_id, **row)["version"]
    audit.append(connection, act, "indicator", code, config.area.code, detail={"version": version})
    return Card(code, version, says, "city", act.now, act.by, act.note)


def _demand_source(config: Config, code: str, says: CardConfig) -> None:
    of = says.of or code
    if says.source == "evaluation" and (of not in config.evaluation.all or of in config.evaluation.hidden):
        raise Invalid(f"of: no formula is called '{of}'; there are {', '.join(config.evaluation.all)}")
    if says.source == "counted" and of not in (*COUNTED_NOW, *COUNTED_IN):
        raise Invalid(f"of: nothing is counted as '{of}'; there are {', '.join((*COUNTED_NOW, *COUNTED_IN))}")


def history(connection: Connection, code: str) -> list[dict[str, Any]]:
    """Every version, the newest first."""
    return list(queries.definitions_history(connection, code=code))
