"""Nothing without a word of documentation: settings, rule kinds, stages, calls, metrics."""

import re
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import get_args

from prometheus_client import CollectorRegistry, generate_latest

import edge
from alerts import lifecycle as alerts
from api.collector import Collector
from api.gate import Gate
from api.readiness import Readiness, _Now
from api.routes import ROUTES, SCREEN
from api.stream import Hub, Sources
from core.config import Config
from core.model import Channel, Placement, Quality, Reason
from dispatch import cases, hazards, incidents, orders, patrol, reports
from docs import generate
from store.live import Delta, Wire
from store.timescale import Store

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
NOT_FOR_CITIES = {"YIPING_DETACHED", "YIPING_DATABASE_URL_FILE"}  # a process tells itself; `NAME_FILE` is described once


def page(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def every_page() -> str:
    return "\n".join(file.read_text(encoding="utf-8") for file in DOCS.rglob("*.md"))


def test_every_setting_of_the_configuration_is_on_its_generated_page() -> None:
    for name, make in generate.PAGES.items():
        assert page(name) == make(), f"docs/{name} is stale: run python docs/generate.py"


def test_every_variable_of_the_environment_is_named_somewhere() -> None:
    sources = [
        *ROOT.glob("*.py"),
        *(file for folder in ("core", "api", "store", "panels", "cli", "sim") for file in (ROOT / folder).rglob("*.py")),
    ]
    named = {word for file in sources for word in re.findall(r'"(YIPING_[A-Z0-9_]+)"', file.read_text(encoding="utf-8"))}
    text = every_page()
    assert sorted(word for word in named - NOT_FOR_CITIES if f"{word}`" not in text) == []


def test_every_kind_of_rule_and_wire_is_described() -> None:
    text = page("configuration.md")
    rules = Config.model_fields["rules"].annotation
    kinds = [get_args(model.model_fields["kind"].annotation)[0] for model in generate.models(rules)]
    assert len(kinds) >= 3
    assert [kind for kind in kinds if f"(kind `{kind}`)" not in text] == []


def test_every_stage_is_in_its_diagram_and_every_act_in_its_table() -> None:
    text = page("lifecycles.md")
    for table in (alerts.TABLE, alerts.HOLDS, reports.TABLE, incidents.TABLE, cases.TABLE, patrol.TABLE, orders.TABLE, hazards.TABLE):
        for stage, acts in table.items():
            assert re.search(rf"^    (\[\*\] --> )?{stage}( --> |$)", text, re.MULTILINE), stage
            assert [act for act in acts if f"| `{act}` |" not in text] == []


def calls_of_page() -> set[str]:
    """`METHOD /path` of the page, without query and scheme."""
    found = re.findall(r"`((?:GET|POST|PUT|DELETE) /[^`?&]*)", page("api.md"))
    return {call.strip() for call in found}


def test_every_call_is_on_the_page_and_the_page_names_no_other() -> None:
    calls = {f"{route.method} {route.path}" for route in (*ROUTES, SCREEN)} - {"GET /screen/{token}"}
    asgi = set(re.findall(r'Route\(f?"([^"]+)"', Path(edge.__file__).read_text(encoding="utf-8"))) - {"/{path:path}"}
    assert "/screen/{token}" in page("api.md")
    assert sorted(calls - calls_of_page()) == []
    assert sorted(calls_of_page() - calls - {"POST /feeds/{format}/{token}"}) == []
    for path in asgi:
        assert f"{path.removeprefix('{v1}').replace('{{', '{').replace('}}', '}')}`" in every_page(), path


async def nothing() -> AsyncIterator[Delta | Wire]:
    for event in list[Delta | Wire]():
        yield event


async def no() -> bool:
    return False


def test_every_metric_is_explained_and_none_that_is_not_there(config: Config, now: datetime) -> None:
    async def away(*_: object) -> list[dict[str, object]]:
        return []

    def clock() -> datetime:
        return now

    store = Store("postgresql://nobody@127.0.0.1:1/nothing", connections=1)
    gate, collector = Gate(store, clock), Collector(lambda frames: [])
    hub = Hub(Sources(nothing, away, away, away), config, clock)  # type: ignore[arg-type]
    try:
        registry = CollectorRegistry()
        registry.register(_Now(Readiness(gate, hub, collector, None, False, no)._families(now, [], [], {})))
        shown = set(re.findall(r"^# HELP (\w+)", generate_latest(registry).decode(), re.MULTILINE))
    finally:
        collector.close()
        gate.close()
        store.close()
    assert len(shown) >= 10
    assert set(re.findall(r"`(yiping_\w+)`", page("operations.md"))) == shown


def test_every_word_of_the_model_that_systems_read_stands_in_the_docs() -> None:
    text = every_page()
    words = [*Reason, *Quality, *Placement, *Channel]
    assert [word.value for word in words if not re.search(rf"\b{word.value}\b", text)] == []
