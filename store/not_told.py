"""Messages that reached nobody: whoever's act they were, else the desk of their area, hears of it once and can tell by another way.

Nothing is told of what was kept back on purpose, nor of a copy for the phone of what stands on a desk. Decides no delivery.
"""

from collections.abc import Sequence
from datetime import datetime

from psycopg.types.json import Jsonb

from core.notify_config import NotifyConfig
from dispatch.notify import NO_ADDRESS
from store.timescale import Connection, queries


def tell(connection: Connection, ids: Sequence[int], config: NotifyConfig, now: datetime) -> None:
    """A notice for each row of the outbox that was given up; where there is no address, one a thing and way, however often it was tried."""
    for row in list(queries.outbox_not_told(connection, ids=list(ids))):
        known, payload = config.channels.get(row["channel"]), row["payload"]
        nowhere = (row["error"] or "").startswith(NO_ADDRESS)
        template = "not_told_no_address" if nowhere else "not_told"
        target = f"account:{row['sent_by']}" if row["sent_by"] is not None else "role:duty"
        whom = row["target"] if "account:" in row["target"] else ""  # another person is another one who does not know
        thing = f"{row['channel']}/{row['noun']}/{row['key']}/{whom}" if nowhere and row["key"] else str(row["outbox_id"])
        way = f"{known.label} {known.label_en}" if known else row["channel"]
        kept = {name: payload[name] for name in ("noun", "id", "number", "title", "area", "drill", "simulated") if name in payload}
        queries.outbox_add(
            connection, now=now, dedupe_key=f"{template}/{thing}/{target}", target=target, template=template, severity=row["severity"],
            payload=Jsonb({**kept, "way": way, "who": row["who"] or row["target"].partition("/")[2]}),
        )  # fmt: skip
