"""Storms and the load of the desk over HTTP."""

from datetime import timedelta

from api.call import SPAN, Answer, Call, read_params
from core.errors import Invalid
from store import storms

LOAD_PARAMS = SPAN
_LONGEST = timedelta(days=31)


def get_storm(call: Call) -> Answer:
    """Whether more arrives than the desk can take; what stands open by street and class; how the last storms went."""
    return Answer(storms.read_storm(call.connection, call.scope, call.config, storms.officers(call.connection), call.now))


def get_load(call: Call) -> Answer:
    """The figures of ISA-18.2; the last 24 hours unless given."""
    wanted = read_params(LOAD_PARAMS, call.query)
    until = wanted.get("to", call.now)
    since = wanted.get("from", until - timedelta(days=1))
    if not since < until <= since + _LONGEST:
        raise Invalid(f"'from' must be before 'to', and at most {_LONGEST.days} days")
    officers = max(storms.officers(call.connection), call.config.storm.officers)
    return Answer(storms.read_load(call.connection, call.scope, call.config, since, until, officers))
