"""The calls of the map's tools: a part of the table in `api.routes`, in the same words."""

from api import rest_layers, rest_map, rest_movers
from api.call import Route

MAP: tuple[Route, ...] = (
    Route("GET", "/map/search", "screen", "What a name, an address or a number means on the map", rest_map.search, rest_map.SEARCH_PARAMS),
    Route("GET", "/map/around", "read", "What is around a place: devices, cameras, cases, resources, people", rest_map.around,
          rest_map.AROUND_PARAMS),
    Route("GET", "/map/points", "screen", "The layers of points: how many each has, and of how many nothing is known",
          rest_layers.count_points, rest_layers.POINT_PARAMS),
    Route("GET", "/map/points/{layer}", "screen", "All points of a layer (devices, cameras, components, resources) as columns, with ETag",
          rest_layers.get_points, rest_layers.POINT_PARAMS),
    Route("GET", "/map/points/{layer}/states", "screen", "Of which of them nothing is known now", rest_layers.get_states,
          rest_layers.POINT_PARAMS),
    Route("GET", "/map/points/{layer}/{code}", "screen", "One point as its card says it", rest_layers.get_point),
    Route("GET", "/map/warnings", "screen", "Weather warnings in force, each with the ground it is for", rest_movers.list_warnings,
          rest_movers.MOVER_PARAMS),
    Route("GET", "/map/heat", "screen", "How dense alerts, cases or complaints of a span lie, per square kilometre", rest_movers.get_heat,
          rest_movers.HEAT_PARAMS),
    Route("GET", "/map/movers", "screen", "Vehicles and people on patrol, with trail and age", rest_movers.list_movers,
          rest_movers.MOVER_PARAMS),
    Route("GET", "/basemaps/{name}", "screen", "What a basemap of ours holds", rest_map.get_basemap),
    Route("GET", "/basemaps/{name}/{z}/{x}/{y}", "screen", "One tile of it", rest_map.get_tile,
          answers=((200, "the tile"), (204, "there is none"), (304, "the reader has it"))),
)  # fmt: skip
