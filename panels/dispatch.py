"""The dispatch desk: the queue of cases on the left, one case or the intake form in the middle, map and units on the right.

Draws the frame once; `assets/dispatch.js` fills it from the stream. Which acts a case has comes from the server's `acts`.
"""

from typing import Any

from dash import html
from dash.development.base_component import Component

from dispatch import cases, desk_tabs
from panels.duty_frame import given, head, icon, slot
from panels.frame import Page, shell
from panels.parts import marks
from panels.text import Text

INTAKE = frozenset({"duty", "dispatcher", "supervisor"})
# How somebody's words reach the centre, and the source the case is counted under.
WAYS = (
    ("phone", "register", "phone"), ("hotline", "hotline", "phone-call"), ("leader", "leader", "flag"), ("transfer", "transfer", "share-2"),
    ("walk_in", "public", "user"),
)  # fmt: skip


def view(page: Page) -> Component:
    """The page for one reader; the same page gives the same tree."""
    role = page.scope.role if page.scope else ""
    config = {
        **given(page.config),
        **law(),
        "ways": [{"way": way, "source": source, "icon": symbol} for way, source, symbol in WAYS],
        "role": role,
        "account": page.scope.account_id if page.scope else None,
        "may_take": role in INTAKE,
        "at_once": all(role in cases.ROLES[act] for act in ("accept", "register", "dispatch")),
        "case": page.rest,
    }
    body = html.Div([_queue(page.text, role), _case(page.text), _side(page.text)], className="d-body")
    return shell(page, "duty", "dispatch.js", [head(page, "/dispatch"), body], config)


def law() -> dict[str, Any]:
    """What the browser needs of the table to sort and to ask for a note before the server must; never which act is allowed."""
    skips = {stage: left for stage in cases.TABLE if (left := cases.skips_of(stage))}
    return {"path": list(cases.PATH), "beside": cases.BESIDE_PATH, "needs_note": sorted(cases.NEEDS_NOTE), "skips": skips,
            "tabs": list(desk_tabs.TABS), "stages": {tab: list(of) for tab, of in desk_tabs.STAGES.items()}}  # fmt: skip


def _queue(text: Text, role: str) -> Component:
    new = html.Button(
        [icon("phone-call"), html.Span(text("dispatch.new")), html.Kbd("N")],
        type="button",
        className="primary d-new",
        **marks({"data-do": "new", "aria-keyshortcuts": "n"}),
    )
    keys = html.Button(
        icon("keyboard"), type="button", className="head-button", title=text("dispatch.keys"),
        **marks({"data-do": "keys", "aria-label": text("dispatch.keys")}),
    )  # fmt: skip
    title = html.H1([text("dispatch.queue"), slot("count", html.Span, className="count")])
    return html.Section(
        [
            html.Div([title, html.Div([keys, *([new] if role in INTAKE else [])], className="queue-tools")], className="queue-head"),
            slot("tabs", className="d-tabs", role="tablist", **marks({"aria-label": text("dispatch.tabs")})),
            slot("filters", className="d-filters", role="search"),
            slot("list", html.Ol, className="queue-list", tabIndex="0", role="grid", **marks({"aria-label": text("dispatch.queue")})),
            slot("bulk", className="bulk"),
        ],
        className="queue d-queue",
        **marks({"data-panel": "queue"}),
    )


def _case(text: Text) -> Component:
    return html.Section(
        [
            slot("nothing", className="nothing"),
            html.Article(
                [
                    slot("heading", html.Header, className="detail-head"),
                    slot("notice", className="detail-notice"),
                    html.Div(
                        [
                            _part("proposal", text("dispatch.part.proposal"), "send"),
                            _part("asked", text("dispatch.part.asked"), "clock-alert"),
                            _part("stages", text("dispatch.part.stages"), "route"),
                            _part("clocks", text("dispatch.part.clocks"), "timer"),
                            _part("said", text("dispatch.part.said"), "message-square"),
                            _part("photos", text("duty.part.photos"), "image"),
                            _part("kin", text("dispatch.part.kin"), "git-merge"),
                            _part("audit", text("duty.part.audit"), "history"),
                        ],
                        className="d-evidence",
                        tabIndex="0",
                    ),
                    slot("acts", html.Footer, className="acts", **marks({"aria-label": text("duty.acts")})),
                ],
                className="detail-card",
                hidden=True,
                **marks({"data-slot": "card"}),
            ),
            slot("intake", className="d-intake", hidden=True),
        ],
        className="detail d-case",
        **marks({"data-panel": "detail"}),
    )


def _part(name: str, title: str, symbol: str) -> Component:
    return html.Section([html.H3([icon(symbol), title]), slot(name)], className=f"part part-{name}", **marks({"data-part": name}))


def _side(text: Text) -> Component:
    return html.Aside(
        [
            html.Section(
                [slot("map", className="d-map"), slot("legend", className="d-legend")], className="d-panel d-map-panel",
                **marks({"data-panel": "map"}),
            ),
            html.Section(
                [
                    html.Header([html.H2([icon("building-2"), text("dispatch.units")]), slot("units-note", html.Span, className="d-note")]),
                    slot("units", html.Ol, className="d-units", role="tree", **marks({"aria-label": text("dispatch.units")})),
                ],
                className="d-panel d-units-panel",
                **marks({"data-panel": "units"}),
            ),
        ],
        className="d-side",
    )  # fmt: skip
