"""The duty desk: queue on the left, evidence and acts on the right. Draws the frame once; `assets/duty.js` fills it.

It decides nothing: which acts a row has comes from the server's `acts`, which stands next from `assets/duty-queue.js`.
"""

from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from alerts import lifecycle
from dispatch import approvals, cases, incidents, reports
from maps import chart
from panels.duty_frame import given, head, icon, slot
from panels.frame import Page, shell
from panels.parts import marks
from panels.text import Text

LEAST_VERDICTS = 10  # of a camera or algorithm: of fewer decided candidates one verdict would move the rate by more than a tenth


def view(page: Page) -> Component:
    """The duty page for one reader; the same page gives the same tree."""
    text = page.text
    config = {
        **given(page.config),
        **law(),
        "least_verdicts": LEAST_VERDICTS,
        "silence_at_most_s": page.config.silences.silence_at_most.total_seconds(),
        "role": page.scope.role if page.scope else "",
        "account": page.scope.account_id if page.scope else None,
    }
    body = html.Div([_queue(text), _detail(text)], className="duty-body")
    return shell(page, "duty", "duty.js", [head(page, "/duty"), body], config)


def law() -> dict[str, Any]:
    """What the browser needs of the life cycles to sort, and to ask for a note before the server must; never which act is allowed."""
    return {
        "awaits": [stage for stage in cases.TABLE if any(cases.waits_for(stage, role) for role in cases.DESK)],
        "case_path": list(cases.PATH),
        "case_beside": cases.BESIDE_PATH,
        "case_skips": {stage: skips for stage in cases.TABLE if (skips := cases.skips_of(stage))},
        "needs_note": {
            "alert": sorted(lifecycle.NEEDS_NOTE),
            "report": sorted(reports.NEEDS_NOTE),
            "incident": sorted(incidents.NEEDS_NOTE),
            "case": sorted(cases.NEEDS_NOTE),
            "approval": sorted(approvals.NEEDS_NOTE),
        },
    }


def _queue(text: Text) -> Component:
    return html.Section(
        [
            html.Div(
                [
                    html.H1([text("duty.queue"), slot("queue-count", html.Span, className="count")]),
                    html.Div(
                        [
                            html.Button(
                                [
                                    icon("map-pin-off"),
                                    html.Span(text("duty.unplaced"), className="tool-word"),
                                    slot("unplaced-count", html.Span, className="count"),
                                ],
                                type="button",
                                className="head-button",
                                title=text("duty.unplaced"),
                                **marks({"data-do": "unplaced"}),
                            ),
                            slot("silences", html.Span, className="tool"),
                            slot("sound", html.Span, className="tool"),
                            slot("cast", html.Span, className="tool"),
                            slot("shift", html.Span, className="tool"),
                            html.Button(
                                icon("keyboard"),
                                type="button",
                                className="head-button",
                                title=text("duty.keys"),
                                **marks({"data-do": "keys", "aria-label": text("duty.keys")}),
                            ),
                        ],
                        className="queue-tools",
                    ),
                ],
                className="queue-head",
            ),
            slot("storm", className="storm", hidden=True, role="status"),
            slot("views", className="views", **marks({"aria-label": text("duty.views")})),
            slot("severities", className="severities"),
            slot("filters", className="filters", role="search"),
            slot("fresh", className="fresh", **marks({"aria-live": "polite"})),
            slot("list", html.Ol, className="queue-list", tabIndex="0", role="grid", **marks({"aria-label": text("duty.queue")})),
            slot("bulk", className="bulk"),
        ],
        className="queue",
        **marks({"data-panel": "queue"}),
    )


def _detail(text: Text) -> Component:
    return html.Section(
        [
            slot("nothing", className="nothing"),
            html.Article(
                [
                    slot("heading", html.Header, className="detail-head"),
                    slot("notice", className="detail-notice"),
                    slot("pending", className="detail-notice"),
                    html.Div([_evidence(text), _beside(text)], className="detail-body"),
                    slot("acts", html.Footer, className="acts", **marks({"aria-label": text("duty.acts")})),
                ],
                className="detail-card",
                hidden=True,
                **marks({"data-slot": "card"}),
            ),
        ],
        className="detail",
        **marks({"data-panel": "detail"}),
    )


def _part(name: str, title: str, children: list[Component], symbol: str) -> Component:
    return html.Section([html.H3([icon(symbol), title]), *children], className=f"part part-{name}", **marks({"data-part": name}))


def _evidence(text: Text) -> Component:
    return html.Div(
        [
            _part("stages", text("duty.part.stages"), [slot("stages"), slot("deadline")], "route"),
            _part("candidate", text("duty.part.candidate"), [slot("candidate", className="candidate")], "video"),
            _part("report", text("duty.part.report"), [slot("report")], "message-square"),
            _part("alike", text("duty.part.alike"), [slot("alike")], "git-merge"),
            _part("facts", text("duty.part.facts"), [slot("facts")], "scan-eye"),
            _part("works", text("works.near"), [slot("works")], "construction"),
            _part("trend", text("duty.part.trend"), [slot("trend-note", className="trend-note"), _trend()], "chart-line"),
            _part("photos", text("duty.part.photos"), [slot("photos", className="photos")], "image"),
            _part("members", text("duty.part.members"), [slot("members")], "git-merge"),
            _part("similar", text("duty.part.similar"), [slot("similar")], "history"),
            _part("runbook", text("duty.part.runbook"), [slot("runbook")], "book-open"),
        ],
        className="evidence",
        tabIndex="0",
    )


def _beside(text: Text) -> Component:
    return html.Div(
        [
            _part(
                "place",
                text("duty.part.place"),
                [slot("map", className="place-map"), slot("place-note", className="place-note")],
                "map-pin",
            ),
            _part("nearby", text("duty.part.nearby"), [slot("nearby")], "radio-tower"),
            _part("steps", text("duty.part.steps"), [slot("steps")], "siren"),
            _part("audit", text("duty.part.audit"), [slot("audit")], "history"),
        ],
        className="beside",
    )


def _trend() -> Component:
    """An empty Plotly chart: Dash brings Plotly with it, `duty-chart.js` draws into it without a callback."""
    return html.Div(
        dcc.Graph(id="duty-trend", figure=trend_figure(), config={"displayModeBar": False, "responsive": True}), className="trend-chart"
    )


def trend_figure() -> dict[str, Any]:
    """The figure's frame: a line over 24 hours, its limits."""
    return {
        "data": [],
        "layout": chart.layout(
            margin={"l": 44, "r": 14, "t": 10, "b": 30},
            hovermode="x unified",
            xaxis=chart.axis(type="date", tickformat="%H:%M", hoverformat="%m-%d %H:%M:%S"),
            yaxis=chart.axis(rangemode="normal", nticks=6),
        ),
    }
