"""The unit ring is quick: what is loaded before its first test stays, so nobody looks for cycles in it, neither meanwhile nor after."""

import gc
from typing import Any

import pytest
import yaml

from tests.conftest import ROOT

gc.disable()  # until all is collected: a seventh of the time that takes


def pytest_collection_finish() -> None:
    gc.collect()
    gc.freeze()
    gc.enable()


@pytest.fixture(scope="session")
def shipped() -> dict[str, Any]:
    """The configuration as it is written, read once for all: who changes it takes a copy."""
    raw: dict[str, Any] = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))
    return raw
