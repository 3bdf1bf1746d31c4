"""What tests stand on and a machine may lack: Chromium, Node, installed places, the real data of others beside the checkout.

Decides what happens without it: a test is skipped and says why; where CI=true it fails, for there all of it has to be.
"""

import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest

ROOT = Path(__file__).resolve().parents[1]


def absent(why: str) -> NoReturn:
    """End the test that asks. Never returns."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{why}: CI skips nothing")
    pytest.skip(why)


def node() -> str:
    """The machine's Node, or the one that `make test` installs where there is none."""
    return (
        shutil.which("node")
        or shutil.which("node", path=str(ROOT / ".run" / "node" / "bin"))
        or absent("Node is not installed (make test brings it)")
    )
