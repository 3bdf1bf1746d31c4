"""How every process writes its log: readable lines, or one JSON object a line (`YIPING_LOG=json`). Decides no level and no words.

A traceback tells files, lines and the error, never the values of local variables: those are tokens, callers and payloads.
"""

import sys
from collections.abc import Mapping

import structlog
from structlog.dev import ConsoleRenderer, plain_traceback
from structlog.processors import JSONRenderer, StackInfoRenderer, TimeStamper, add_log_level, format_exc_info
from structlog.typing import Processor


def configure(environment: Mapping[str, str]) -> None:
    """For the whole process: entry files call it before they log. Colours only where a terminal reads along and `NO_COLOR` is not set."""
    form: list[Processor]
    if environment.get("YIPING_LOG") == "json":
        # `format_exc_info` is the plain one: `dict_tracebacks` would bring the locals back.
        form = [TimeStamper(fmt="iso", utc=True), format_exc_info, JSONRenderer()]
    else:
        coloured = sys.stdout is not None and sys.stdout.isatty() and not environment.get("NO_COLOR")
        # Left to itself the console's formatter prints what each frame holds.
        form = [TimeStamper(fmt="%Y-%m-%d %H:%M:%S", utc=False), ConsoleRenderer(colors=coloured, exception_formatter=plain_traceback)]
    structlog.configure(processors=[structlog.contextvars.merge_contextvars, add_log_level, StackInfoRenderer(), *form])
