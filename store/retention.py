"""The end of what the desk leaves behind: steps told, silences, approvals, shifts. Its terms are the configuration's.

Alerts and incidents stay, and so do comments on them; only alerts of the proofs of the path go, a week after they ended.
"""

from datetime import datetime, timedelta

from core.config import RetentionConfig
from store.timescale import Connection, queries

_PROBES_FOR = timedelta(days=7)
_MOST = 10_000  # rows of a table in one turn: an hour's growth is less


def forget_desk(connection: Connection, retention: RetentionConfig, now: datetime) -> dict[str, int]:
    """Drop what ended longer ago than `retention.audit`, as the audit of the same acts is kept; returns rows by table."""
    of = {"before": now - retention.audit, "most": _MOST}
    return {
        "probe_alerts": int(queries.retention_probes(connection, before=now - _PROBES_FOR, most=_MOST)),
        "escalation_steps": int(queries.retention_steps(connection, **of)),
        "storm_steps": int(queries.retention_storm_steps(connection, **of)),
        "silences": int(queries.retention_silences(connection, **of)),
        "approvals": int(queries.retention_approvals(connection, **of)),
        "handovers": int(queries.retention_handovers(connection, **of)),  # before their shifts
        "shifts": int(queries.retention_shifts(connection, **of)),
        "comments": int(queries.retention_comments(connection, **of)),
    }
