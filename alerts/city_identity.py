"""Which alert is which place, where places have no name: by where they are. Pure."""

from collections.abc import Iterable, Mapping

from core.city_facts import CityAlert
from geodata.near import distance_m


def ringing(alerts: Mapping[str, CityAlert]) -> list[CityAlert]:
    """Those that ring and have a place, the eldest first."""
    found = [one for one in alerts.values() if one.alert.is_active and one.lon is not None and one.lat is not None]
    return sorted(found, key=_age)


def returned(alerts: Mapping[str, CityAlert]) -> list[CityAlert]:
    """Those that returned and that nobody has acknowledged, the eldest first."""
    found = [one for one in alerts.values() if not one.alert.is_active and one.lon is not None and one.lat is not None]
    return sorted(found, key=_age)


def _age(one: CityAlert) -> int:
    return one.alert.alert_id


def place_of(one: CityAlert) -> tuple[float, float]:
    """Of an alert that has a place."""
    return one.lon or 0.0, one.lat or 0.0


def come_back(gone: list[CityAlert], lon: float, lat: float, within_m: float) -> str | None:
    """The nearest of those that returned here, which is taken off the list: the same comes again. None: this is another one."""
    near = [(distance_m(*place_of(one), lon, lat), _age(one), one) for one in gone]
    metres, _, nearest = min(near, key=lambda each: each[:2], default=(float("inf"), 0, None))
    if nearest is None or metres > within_m:
        return None
    gone.remove(nearest)
    return nearest.alert.subject


def first_free(names: Iterable[str], taken: set[str]) -> str:
    """The first name that no open alert has. One of them must be free."""
    return next(name for name in names if name not in taken)
