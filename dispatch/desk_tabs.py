"""Which stages the tabs of the dispatch desk hold, and the lights in order of urgency: one table for the server's pages and the browser."""

from collections.abc import Mapping

STAGES: Mapping[str, tuple[str, ...]] = {
    "register": ("reported", "pre_checking", "accepted"),
    "dispatch": ("registered",),
    "returned": ("registered",),  # sent back at least once
    "work": ("dispatched", "handling", "on_site", "suspended"),
    "check": ("finished", "fed_back", "checking", "checked"),
}
# Beside the stages: past the deadline, with a request that waits for a word, whatever is open.
TABS = (*STAGES, "overdue", "adjust", "all")
# In the order of urgency: what the clock of the whole says.
LIGHTS = ("red", "yellow", "green", "paused", "none")
