"""Services of the user's own: named by the environment, they take the place of private ones."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from deploy.local.errors import SetupError

# Private service → the variable that names another one instead of it.
VARIABLES = {"postgres": "YIPING_DATABASE_URL", "redis": "YIPING_REDIS_URL", "mosquitto": "YIPING_MQTT_URL"}


def read_files(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment with `YIPING_…_FILE` read into `YIPING_…`: secrets may stand in files. Raises SetupError."""
    read = dict(environment)
    for name, file in environment.items():
        if not (name.startswith("YIPING_") and name.endswith("_FILE") and file):
            continue
        try:
            read.setdefault(name.removesuffix("_FILE"), Path(file).read_text(encoding="utf-8").strip())
        except OSError as error:
            raise SetupError(f"{name}: {error}", mend="name a readable file, or unset it") from error
    return read


def service_urls(private: Mapping[str, str], environment: Mapping[str, str]) -> dict[str, str]:
    """Private addresses, with those that the environment names in their place.

    The web's login and the feeds' account follow their service: without an own address they use the main one.
    """
    urls = dict(private)
    if database := environment.get(VARIABLES["postgres"]):
        urls["database_url"] = database
        urls["web_database_url"] = environment.get("YIPING_WEB_DATABASE_URL") or database
    if redis := environment.get(VARIABLES["redis"]):
        urls["redis_url"] = redis
    if mqtt := environment.get(VARIABLES["mosquitto"]):
        urls["mqtt_url"] = mqtt
        urls["feed_mqtt_url"] = environment.get("YIPING_FEED_MQTT_URL") or mqtt
    return urls
