"""The reports of one document of warnings (CAP, weather): what several of them end is ended once, and they are counted.

Decides how many reports a document may become: as many as a body of reports may hold.
"""

from collections.abc import Iterable

from core.errors import DecodeError
from core.model import Reason, Report
from ingest.decode.source import Source

Ended = set[tuple[str, bool]]


def add(reports: list[Report], more: Iterable[Report], ended: Ended) -> None:
    """Append what `more` tells and `ended` does not know yet; an exercise ends nothing real, so its endings are apart.

    `more` is read to its end first: when it raises, nothing was added.
    """
    for report in list(more):
        key = (report.external_id, bool(report.extra.get("drill")))
        if "ended_by" in report.extra:
            if key in ended:
                continue
            ended.add(key)
        reports.append(report)


def too_many(source: Source) -> DecodeError:
    """Why a document is refused that becomes more reports than a body may hold."""
    most = source.config.ingest.max_reports
    return DecodeError(f"more than {most} reports in one document, counting what its warnings end: send them in several", Reason.TOO_LARGE)
