"""Who may write readings down by hand, and how many at once. Decides nothing about a value."""

from datetime import timedelta

ROLES = frozenset({"duty", "supervisor", "admin"})  # the duty officer and above
FEED = "http-manual"
MOST_ROWS = 200
AHEAD = timedelta(minutes=1)  # of our clock: nobody reads a gauge in the future, but a watch may be fast
