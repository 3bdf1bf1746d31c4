"""The proof of the path through real processes: broker, worker, rule, projector, stream, outbox; broken at the worker, and whole again."""

from pathlib import Path
from typing import Any

import pytest

from store.timescale import Store
from tests.patience import until
from tests.stack import ROOT, Stack


class City:
    """A city that proves its path every two seconds."""

    def __init__(self, stack: Stack, url: str) -> None:
        self.stack, self.store = stack, Store(url)

    def rows(self, query: str) -> list[dict[str, Any]]:
        with self.store.connection() as connection:
            return list(connection.execute(query))

    def proofs(self, ok: bool) -> list[dict[str, Any]]:
        return self.rows(f"select * from probes where ok is {ok} order by probe_id")


@pytest.fixture
def config_of_seconds(tmp_path: Path) -> Path:
    text = (ROOT / "config.yaml").read_text(encoding="utf-8")
    quick = text.replace("probe: {every: 60s, within: 20s}", "probe: {every: 2s, within: 5s}").replace(
        "kind: no_proof, failures: 3", "kind: no_proof, failures: 1"
    )
    assert quick.count("every: 2s") == quick.count("failures: 1") == 1
    file = tmp_path / "quick.yaml"
    file.write_text(quick, encoding="utf-8")
    return file


def test_the_path_is_proven_again_and_again_and_its_break_rings_and_ends(stack: Stack, database_url: str, config_of_seconds: Path) -> None:
    stack.environment |= {"YIPING_CONFIG": str(config_of_seconds), "YIPING_PROBE": "1"}
    city = City(stack, database_url)
    stack.start("worker", "jobs", "edge")
    until(lambda: len(city.proofs(True)) >= 2, what="two proofs")
    first, second = city.proofs(True)[:2]
    for proof in (first, second):
        assert proof["wire"] == "mqtt"
        assert proof["sent_at"] <= proof["screen_at"]
        assert proof["raised_at"] <= proof["told_at"] <= proof["arrived_at"]
    assert (second["started_at"] - first["started_at"]).total_seconds() >= 2
    until(lambda: not city.rows("select 1 from alerts where probe and stage <> 'normal'"), what="they are cleared")
    assert city.rows("select 1 from alerts where not probe") == []
    assert city.rows("select 1 from incidents") == []

    stack.kill("worker")
    until(lambda: city.proofs(False), what="a proof that failed")
    assert {proof["leg"] for proof in city.proofs(False)} <= {"rule"}
    until(lambda: city.rows("select 1 from alerts where rule = 'path-broken' and stage = 'unack'"), what="it rings")
    before = len(city.proofs(True))
    stack.start("worker2")
    until(lambda: len(city.proofs(True)) > before, what="a proof again")
    until(lambda: city.rows("select 1 from alerts where rule = 'path-broken' and stage = 'rtn_unack'"), what="it is over")
    city.store.close()
