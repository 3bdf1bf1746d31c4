"""The calls of the map's tools: a part of the table in `api.routes`, in the same words."""

from api import rest_map
from api.call import Route

MAP: tuple[Route, ...] = (
    Route("GET", "/map/search", "screen", "What a name, an address or a number means on the map", rest_map.search, rest_map.SEARCH_PARAMS),
    Route("GET", "/map/around", "read", "What is around a place: devices, cameras, cases, resources, people", rest_map.around,
          rest_map.AROUND_PARAMS),
    Route("GET", "/basemaps/{name}", "screen", "What a basemap of ours holds", rest_map.get_basemap),
    Route("GET", "/basemaps/{name}/{z}/{x}/{y}", "screen", "One tile of it", rest_map.get_tile,
          answers=((200, "the tile"), (204, "there is none"), (304, "the reader has it"))),
)  # fmt: skip
