"""A process that sweeps the clocks of cases as fast as it can: `python -m tests.sweeper URL NOW`. Several of them share a database."""

import sys
import time
from datetime import datetime

from store import clock_sweep
from store.timescale import Store

_AT_ONCE = 20  # many transactions, so that a kill meets one


def main() -> None:
    store, now = Store(sys.argv[1], connections=1), datetime.fromisoformat(sys.argv[2])
    while True:
        with store.connection() as connection:
            if not clock_sweep.sweep(connection, now, _AT_ONCE):
                time.sleep(0.01)


if __name__ == "__main__":
    main()
