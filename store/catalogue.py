"""The catalogue of metrics as people and systems read it, with the tags of water.

Never changes it: who adds to it are `store.registry` and `store.devices`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core.codes.water_tags import tags_of
from core.config import Config
from core.model import Scope
from store.timescale import Connection, prefixes, queries


@dataclass(frozen=True, slots=True)
class Expected:
    """What is known of a metric of a device before it is read: `area` None: no such device; `unit` None: no such metric."""

    area: str | None
    unit: str | None
    is_text: bool = False


def list_metrics(connection: Connection, config: Config, tag: str | None = None) -> list[dict[str, Any]]:
    """All metrics by name: label, unit, kind, plausible range, and `tags`; those of one tag where one is named."""
    rows = []
    for row in queries.catalogue_metrics(connection):
        known = config.metrics.get(row["metric"])
        tags = tags_of(row["metric"]) if known is None or known.tags is None else known.tags
        if tag is None or tag in tags:
            rows.append(
                {
                    **row, "label": known.label if known else row["label"], "label_en": known.label_en if known else None,
                    "decimals": known.decimals if known else None, "tags": list(tags),
                }
            )  # fmt: skip
    return rows


def tagged(connection: Connection, config: Config, tag: str) -> list[str]:
    """The names of the metrics that carry a tag."""
    return [row["metric"] for row in list_metrics(connection, config, tag)]


def expect(connection: Connection, scope: Scope, pairs: Sequence[tuple[str, str]]) -> list[Expected]:
    """Of each (device, metric) whether they are known in the scope, and in which unit the pipeline takes its values."""
    devices, metrics = [device for device, _ in pairs], [metric for _, metric in pairs]
    rows = queries.catalogue_expected(connection, areas=prefixes(scope), devices=devices, metrics=metrics)
    return [Expected(row["area"], row["unit"], row["kind"] == "text") for row in rows]
