"""What others say of indicators: a city's tables of definitions and of values, and values system to system. All or nothing.

Told first what it would change; taken only with `apply`, without a fault, and audited.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from api.call import Answer, Call, Param, read_params
from api.sent_table import APPLY_PARAM, FILE_PARAM, sent_table
from api.whole_city import demand_whole_city
from core.errors import Invalid
from core.indicator_config import CardConfig
from core.plain import fault_of_text
from dispatch import indicator_tables as tables
from dispatch.standards import Fault
from geodata.tables import read_table
from store import audit, definitions, indicator_values
from store.acts import Act
from store.definitions import Card
from store.indicator_values import Changes, Given

TABLE_PARAMS = (Param("kind", "definitions or values"), FILE_PARAM, APPLY_PARAM)
_MOST_FAULTS, _MOST_SHOWN, _MOST_VALUES = 200, 500, 5000


def post_table(call: Call) -> Answer:
    """What a file would change in the catalogue or its values, and with `apply` the change."""
    wanted = read_params(TABLE_PARAMS, call.query)
    kind = wanted.get("kind")
    if kind not in tables.HEADINGS:
        raise Invalid("kind: definitions or values")
    with sent_table(call, wanted.get("file")) as (path, source):
        rows = read_table(path, tables.HEADINGS[kind], *tables.KEYS).rows
    act = Act("import", call.scope, call.now, source, address=call.address)
    take = _take_definitions if kind == "definitions" else _take_values
    return Answer({"kind": kind, "rows": len(rows), **take(call, rows, source, act, bool(wanted.get("apply")))})


def _take_definitions(call: Call, rows: Sequence[tuple[int, Mapping[str, Any]]], source: str, act: Act, apply: bool) -> dict[str, Any]:
    """Cards that a table adds or says otherwise; of one that is computed here a table may only change what people say of it."""
    demand_whole_city(call)
    found, faults = tables.read_definitions(rows)
    present = definitions.in_force(call.connection, call.config)
    said = {code: _kept(present.get(code), card) for code, card in found.items()}
    changed = {code: card for code, card in said.items() if code not in present or present[code].says != card}
    for code, card in changed.items() if apply else ():
        definitions.say(call.connection, call.config, code, card, act)
    told = [{"code": code, "label": card.label, "new": code not in present} for code, card in changed.items()]
    return _told(faults, told, len(said) - len(changed), bool(apply and found))


def _kept(present: Card | None, card: CardConfig) -> CardConfig:
    """How a figure is computed is no table's to say."""
    if present is None or present.says.source == "imported":
        return card
    return card.model_copy(update={name: getattr(present.says, name) for name in ("source", "of", "domain", "period", "group", "unit")})


def _take_values(call: Call, rows: Sequence[tuple[int, Mapping[str, Any]]], source: str, act: Act, apply: bool) -> dict[str, Any]:
    cards = definitions.in_force(call.connection, call.config)
    imported = {code: card for code, card in cards.items() if card.says.source == "imported"}
    kinds = {code: str(card.says.period) for code, card in imported.items()}
    found, faults = tables.read_values(rows, kinds.get, call.config.area.code)
    faults += [Fault(0, "区域", f"{area} is outside your area") for area in {one.area for one in found} if not call.scope.sees(area)]
    given = [
        Given(one.code, one.area, one.period, one.first, one.value, cards[one.code].version, one.numerator, one.denominator, one.note)
        for one in ([] if faults else found)
    ]  # fmt: skip
    changes = indicator_values.compare(call.connection, given)
    if apply and given:
        _write(call, changes, source, act)
    told = [_line(cards, one) for one in changes.added] + [_line(cards, one) | {"was": was} for one, was, _ in changes.revised]
    return _told(faults, told, changes.unchanged, bool(apply and given))


def _line(cards: Mapping[str, Card], one: Given) -> dict[str, Any]:
    return {"code": one.code, "label": cards[one.code].says.label, "area": one.area, "first": one.first, "value": one.value}


def _write(call: Call, changes: Changes, source: str, act: Act) -> None:
    """Under versions that are recorded: a value must not point at a card nobody wrote down."""
    definitions.record_file(call.connection, call.config, call.now)
    indicator_values.take(call.connection, changes, source, act)
    detail = {"file": source, "added": len(changes.added), "revised": len(changes.revised)}
    audit.append(call.connection, act, "indicator_values", source, call.config.area.code, detail=detail)


def _told(faults: Sequence[Fault], changes: list[dict[str, Any]], unchanged: int, applied: bool) -> dict[str, Any]:
    return {
        "applied": applied and not faults, "faults": [fault._asdict() for fault in faults[:_MOST_FAULTS]],
        "counts": {"faults": len(faults), "changed": len(changes), "unchanged": unchanged}, "changes": changes[:_MOST_SHOWN],
    }  # fmt: skip


def post_values(call: Call) -> Answer:
    """`{source, values: [{code, period, value, area?, numerator?, denominator?, note?}]}`: taken whole, or refused with every fault."""
    fields = call.fields()
    source, values = fields.get("source"), fields.get("values")
    if not isinstance(source, str) or not source.strip() or len(source) > 200 or fault_of_text(source, one_line=True):
        raise Invalid("'source' says which system or office computed them")
    if not isinstance(values, list) or not 0 < len(values) <= _MOST_VALUES or not all(isinstance(one, dict) for one in values):
        raise Invalid(f"'values' is a list of 1 to {_MOST_VALUES} objects")
    act = Act("import", call.scope, call.now, source.strip(), address=call.address)
    body = _take_values(call, list(enumerate(values, 1)), source.strip(), act, apply=True)
    return Answer(body, 422 if body["faults"] else 200)
