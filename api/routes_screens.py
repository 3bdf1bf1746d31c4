"""The calls about screens, scenes, playlists and casts: a part of the table in `api.routes`."""

from api import rest_scenes, rest_screens
from api.call import Route
from api.shapes import FLAG, IDS, INTEGER, NUMBER, TEXT, TEXTS, object_of

_BEAT = object_of(
    address=TEXT, link=TEXT, release=TEXT, why=TEXT, sequence=INTEGER, nodes=INTEGER, width=INTEGER, height=INTEGER, age_s=NUMBER,
    heap_mb=NUMBER, ratio=NUMBER,
)  # fmt: skip
_WORDS = {"name": TEXT, "home": TEXT, "playlist_id": INTEGER, "taken": FLAG, "width": INTEGER, "height": INTEGER}
_SCENE = object_of(("name", "address"), name=TEXT, address=TEXT)
_SLOTS = {"type": "array", "items": object_of(("scene_id", "dwell_s"), scene_id=INTEGER, dwell_s=INTEGER)}
_PLAYLIST = object_of(("name", "scenes"), name=TEXT, scenes=_SLOTS)
_CAST = object_of(
    ("screens",), screens=IDS, scene_id=INTEGER, incident_id=INTEGER, address=TEXT, title=TEXT, for_s={"type": ["integer", "null"]}
)

SCREENS: tuple[Route, ...] = (
    Route("POST", "/screens/me/beat", "screen", "A screen says what it shows and hears what it is to show", rest_screens.beat, body=_BEAT,
          secret=True),
    Route("GET", "/screens", "read", "Screens: what each showed last, and what stands on it", rest_screens.list_screens),
    Route("POST", "/screens", "admin", "A new screen; its link is answered once", rest_screens.post_screen,
          body=object_of(("name",), view=TEXT, areas=TEXTS, **_WORDS), answers=((201, "the screen and its link"),), secret=True),
    Route("GET", "/screens/{id}", "read", "One screen", rest_screens.get_screen),
    Route("PUT", "/screens/{id}", "admin", "Change what is said of a screen", rest_screens.put_screen, body=object_of(("name",), **_WORDS)),
    Route("POST", "/screens/{id}/acts", "admin", "`reload` its page, `renew` its link, `revoke` it", rest_screens.act_on_screen,
          body=object_of(("act",), act=TEXT), secret=True),
    Route("GET", "/scenes", "read", "Names for views", rest_scenes.list_scenes),
    Route("POST", "/scenes", "act or admin", "Keep a view under a name", rest_scenes.post_scene, body=_SCENE,
          answers=((201, "the scene"),)),
    Route("PUT", "/scenes/{id}", "act or admin", "Change a scene", rest_scenes.put_scene, body=_SCENE),
    Route("DELETE", "/scenes/{id}", "act or admin", "Withdraw a scene", rest_scenes.delete_scene),
    Route("GET", "/playlists", "read", "Scenes in turn", rest_scenes.list_playlists),
    Route("POST", "/playlists", "act or admin", "A new playlist", rest_scenes.post_playlist, body=_PLAYLIST,
          answers=((201, "the playlist"),)),
    Route("PUT", "/playlists/{id}", "act or admin", "Change a playlist", rest_scenes.put_playlist, body=_PLAYLIST),
    Route("DELETE", "/playlists/{id}", "act or admin", "Withdraw a playlist", rest_scenes.delete_playlist),
    Route("GET", "/casts", "read", "What stands on screens", rest_scenes.list_casts, rest_scenes.CAST_PARAMS),
    Route("POST", "/casts", "act or admin", "Send a scene, an incident or an address to screens", rest_scenes.post_cast, body=_CAST,
          answers=((201, "the casts"),)),
    Route("DELETE", "/casts/{id}", "act or admin", "Give a screen back", rest_scenes.delete_cast),
)  # fmt: skip
