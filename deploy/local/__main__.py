"""Private services by hand: `python -m deploy.local start|stop|urls --run .run/dev`.

`start` leaves them running and prints their addresses as JSON (also kept in `urls.json`, 0600).
`obtain` only sees to it that the programs are there.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from urllib.parse import urlsplit

from deploy.local.errors import SetupError
from deploy.local.secret import write_private
from deploy.local.services import NAMES, Services, obtain_once


def main() -> int:
    words = argparse.ArgumentParser(prog="python -m deploy.local", description="TimescaleDB, Redis and Mosquitto by hand.")
    words.add_argument("act", choices=("start", "stop", "urls", "obtain"))
    words.add_argument("--run", type=Path, default=Path(".run/dev"), help="folder of data, passwords and logs")
    words.add_argument("--only", choices=NAMES, action="append", help="only this service (may be repeated)")
    told = words.parse_args()
    try:
        if told.act == "obtain":
            obtain_once()
            return 0
        services = Services(told.run, _kept_ports(told.run / "urls.json"), wanted=told.only or NAMES)
        if told.act == "start":
            services.start()
            write_private(told.run / "urls.json", json.dumps(services.urls(), indent=2))
        elif told.act == "stop":
            services.stop()
    except SetupError as error:
        print(error, file=sys.stderr)
        return 1
    if told.act != "stop":
        print(json.dumps(services.urls(), indent=2))
    return 0


def _kept_ports(file: Path) -> tuple[int, int, int] | None:
    """The ports of the last start, so that a restarted service is found where it was."""
    if not file.is_file():
        return None
    urls = json.loads(file.read_text())
    found = [urlsplit(urls[name]).port for name in ("database_url", "redis_url", "mqtt_url")]
    database, redis, mqtt = (port or 0 for port in found)
    return database, redis, mqtt


if __name__ == "__main__":
    sys.exit(main())
