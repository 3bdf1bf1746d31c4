"""Where a checkout keeps what it makes for itself."""

from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
TOP = CHECKOUT / ".run"
PREFIX = TOP / "prefix"  # the private programs, shared by all instances of a checkout
