"""The calls about planned works and the camera wall: a part of the table in `api.routes`, in the same words."""

from api import rest_camera_wall, rest_works, sent_rows
from api.call import Route
from api.shapes import ACT, ACTED, BYTES, NUMBER, TEXT, TIME, object_of

_WORK = object_of(
    (), code=TEXT, title=TEXT, kind=TEXT, shape={"type": ["object", "string"]}, lon=NUMBER, lat=NUMBER, datum=TEXT, radius_m=NUMBER,
    starts_at=TIME, ends_at=TIME, hours=TEXT, address=TEXT, unit=TEXT, operator=TEXT, note=TEXT,
)  # fmt: skip

WORKS: tuple[Route, ...] = (
    Route("GET", "/works", "screen", "Planned works and events (施工与活动); as GeoJSON: shapes for a map", rest_works.list_works,
          rest_works.WORK_PARAMS),
    Route("POST", "/works", "act", "Write one down: title, kind, starts_at, ends_at and a shape or lon and lat", rest_works.post_work,
          body=_WORK, answers=((201, "the work"),)),
    Route("GET", "/works/near", "read", "What is planned near a place at some time of a span", rest_works.list_near,
          rest_works.NEAR_PARAMS),
    Route("POST", "/works/table", "act", "A CSV or Excel file of them: what it would change row by row; with `apply` it is taken",
          rest_works.post_file, sent_rows.FILE_PARAMS, BYTES, "application/octet-stream"),
    Route("GET", "/works/{id}", "read", "One with its audit", rest_works.get_work),
    Route("PUT", "/works/{id}", "act", "Change one", rest_works.put_work, body=_WORK),
    Route("POST", "/works/{id}/acts", "act", "`withdraw` or `reopen`, each with a reason", rest_works.act_on_work, body=ACT,
          answers=ACTED),
    Route("GET", "/camera-wall", "screen", "A few cameras, each with its picture's address or why there is none; addresses are audited",
          rest_camera_wall.get_wall, rest_camera_wall.WALL_PARAMS),
    Route("GET", "/camera-wall/map", "read", "Every camera with a place, in columns", rest_camera_wall.get_map),
)  # fmt: skip
