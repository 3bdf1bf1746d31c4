"""Where `jobs.py` still looks for the sweep; it lives in `store.sweep`, because it asks the database and this folder may not."""

from store.sweep import sweep

__all__ = ["sweep"]
