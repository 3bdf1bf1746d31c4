"""`/ledgers`, the ledgers beside the queue: expedite orders, hazards, enterprises, the duty log, morning reports, a tab each.

Draws the frame once; `assets/ledgers.js` and a module for each tab fill it from the API. Wears the duty desk's clothes.
"""

from dash import html
from dash.development.base_component import Component

from dispatch import enterprises, hazards, hotline, orders, shifts, works
from geodata.datums import DATUMS
from panels.duty_frame import given, head, icon, slot
from panels.frame import Page, shell
from panels.parts import marks
from panels.text import Text

TABS = (
    ("orders", "megaphone"), ("hotline", "phone-call"), ("hazards", "triangle-alert"), ("enterprises", "factory"),
    ("works", "construction"), ("duty-log", "book-open"), ("morning-report", "file-text"),
)  # fmt: skip
_REPORTS = frozenset({"leader", "duty", "dispatcher", "supervisor"})
# Who begins something in each ledger; what may be done to a row comes from the server's `acts`.
_BEGINS = {
    "orders": orders.ISSUERS, "hazards": hazards.FINDERS, "enterprises": enterprises.EDITORS, "works": works.EDITORS,
    "duty-log": shifts.DESK, "morning-report": _REPORTS,
}  # fmt: skip


def view(page: Page) -> Component:
    """The page for one reader; the same page gives the same tree."""
    role = page.scope.role if page.scope else ""
    tab, _, chosen = page.rest.partition("/")
    config = {
        **given(page.config),
        "role": role,
        "tabs": [name for name, _ in TABS],
        "tab": tab if tab in dict(TABS) else TABS[0][0],
        "chosen": chosen,
        "begins": [name for name, roles in _BEGINS.items() if role in roles],
        "file": {"template": enterprises.TEMPLATE, "datums": DATUMS},
        "works_file": {"template": works.TEMPLATE, "datums": DATUMS},
        "kinds": {code: one.model_dump() for code, one in page.config.ledgers.enterprise_kinds.items()},
        "needs_note": {"orders": sorted(orders.NEEDS_NOTE), "hazards": sorted(hazards.NEEDS_NOTE),
                       "enterprises": ["set_risk", "end", "reopen"], "works": ["withdraw", "reopen"],
                       "duty-log": ["amend"], "hotline": sorted(hotline.NEEDS_NOTE)},
        "platforms": list(page.config.hotline.sources), "may_resend": role in hotline.ROLES["reply"],
    }  # fmt: skip
    body = html.Div([_bar(page.text), html.Div([_list(page.text), _detail()], className="l-columns")], className="l-body")
    return shell(page, "duty", "ledgers.js", [head(page, "/ledgers"), body], config)


def _bar(text: Text) -> Component:
    tabs = [
        html.Button([icon(symbol), text(f"ledgers.tab.{name}"), slot(f"count-{name}", html.Span, className="count")], type="button",
                    role="tab", **marks({"data-tab": name}))
        for name, symbol in TABS
    ]  # fmt: skip
    return html.Div(
        [
            html.Div(tabs, className="l-tabs", role="tablist", **marks({"aria-label": text("ledgers.tabs")})),
            slot("tools", className="l-tools"),
        ],
        className="l-bar",
    )


def _list(text: Text) -> Component:
    return html.Section(
        [slot("filters", className="l-filters", role="search"), slot("note", className="l-note"),
         slot("list", className="l-scroll", **marks({"aria-label": text("ledgers.title")}))],
        className="l-panel l-list",
        **marks({"data-panel": "ledger"}),
    )  # fmt: skip


def _detail() -> Component:
    return html.Section(
        [slot("heading", html.Header, className="l-heading"), slot("detail", className="l-scroll l-detail", tabIndex="0"),
         slot("acts", html.Footer, className="acts l-acts")],
        className="l-panel l-side",
        **marks({"data-panel": "ledger-detail"}),
    )  # fmt: skip
