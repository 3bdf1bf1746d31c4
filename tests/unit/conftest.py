"""The unit ring is quick: what was loaded before its first test stays, so looking for cycles among it again and again would be its dearest part."""

import gc


def pytest_collection_finish() -> None:
    gc.collect()
    gc.freeze()
