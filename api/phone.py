"""What a phone says of where and when: as parameters of a call, as fields of an act, and its own clock in a header.

The clock stands in a header because it is another at each try, and a repeated request must be the same. Believes nothing.
"""

from collections.abc import Mapping
from datetime import datetime
from math import isfinite
from typing import Any

from api.call import Param, read_time
from core.errors import Invalid
from dispatch.plausible import Said
from geodata.datums import DATUMS, to_cgcs2000

PHONE_TIME = "X-Yiping-Phone-Time"
FIELDS = frozenset({"lon", "lat", "datum", "accuracy_m", "done_at"})
PARAMS = (
    Param("lon", "where it was made, degrees", "number"), Param("lat", "degrees", "number"), Param("datum", "of lon and lat; wgs84"),
    Param("accuracy_m", "how far off that may be, metres", "number"),
    Param("done_at", "when it was done, by the phone's clock", "time"),
)  # fmt: skip
_FARTHEST_M = 1e6


def said_of(fields: Mapping[str, Any], headers: Mapping[str, str]) -> Said:
    """Place in CGCS2000 and times. 0/0 is no fix. Raises `Invalid` for half a place, numbers that are none, an unknown datum."""
    lon, lat = _number(fields, "lon", 180), _number(fields, "lat", 90)
    if (lon is None) != (lat is None):
        raise Invalid("lon and lat go together")
    if lon is not None and lat is not None:
        datum = fields.get("datum") or "wgs84"
        if datum not in DATUMS:
            raise Invalid(f"no datum is called '{datum}'; there are {', '.join(DATUMS)}")
        lon, lat = (None, None) if lon == lat == 0 else to_cgcs2000(lon, lat, datum)
    accuracy = _number(fields, "accuracy_m", _FARTHEST_M)
    return Said(lon, lat, abs(accuracy) if accuracy is not None else None, _time(fields, "done_at"), clock_of(headers))


def _number(fields: Mapping[str, Any], name: str, most: float) -> float | None:
    value = fields.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value) or abs(value) > most:
        raise Invalid(f"{name}: a number up to {most:g}")
    return float(value)


def _time(fields: Mapping[str, Any], name: str) -> datetime | None:
    value = fields.get(name)
    return value if value is None or isinstance(value, datetime) else read_time(name, value)


def clock_of(headers: Mapping[str, str]) -> datetime | None:
    """The phone's clock at sending. A header that cannot be read says nothing: no act fails for it."""
    word = next((value for name, value in headers.items() if name.lower() == PHONE_TIME.lower()), "")
    try:
        return read_time(PHONE_TIME, word) if word else None
    except Invalid:
        return None
