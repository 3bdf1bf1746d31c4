"""What holds for the whole city is changed by those alone who keep the whole of it. Roles are the routes' to ask for."""

from api.call import Call
from core.errors import NotAllowed


def demand_whole_city(call: Call) -> None:
    """Raises `NotAllowed` for whoever sees a part of the city only."""
    if not call.scope.sees(call.config.area.code):
        raise NotAllowed("this holds for the whole city, and yours is a part of it")
