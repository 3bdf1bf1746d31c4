"""The calls about the replay: a part of the table in `api.routes`."""

from api import rest_replay
from api.call import Route

REPLAY: tuple[Route, ...] = (
    Route("GET", "/replay", "read", "What is recorded of the screens, and where the recording has holes", rest_replay.get_reach),
    Route("GET", "/replay/moment", "read", "All that a screen showed at a moment", rest_replay.get_moment, rest_replay.MOMENT_PARAMS),
    Route("GET", "/replay/deltas", "read", "What was told after a sequence number, in steps", rest_replay.list_deltas,
          rest_replay.STEP_PARAMS),
    Route("GET", "/replay/timeline", "read", "What happened in a span: alerts, reports, incidents, cases", rest_replay.get_timeline,
          rest_replay.TIMELINE_PARAMS),
    Route("GET", "/replay/report/{file}", "read", "The report of a span: `paper.html` or `paper.pdf`", rest_replay.get_report,
          rest_replay.REPORT_PARAMS),
)  # fmt: skip
