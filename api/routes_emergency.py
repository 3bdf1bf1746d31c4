"""The calls about emergencies, their tasks and briefs, and resources: a part of the table in `api.routes`."""

from api import rest_brief, rest_emergency, rest_resources
from api.call import Route
from api.papers import PAPER_PARAMS
from api.shapes import ACT, ACTED, FLAG, INTEGER, NUMBER, PLACE, TEXT, TEXTS, TIME, object_of

_EMERGENCY = object_of(
    ("act",), act=TEXT, note=TEXT, type=TEXT, level={"type": "integer", "minimum": 1, "maximum": 4}, plan=TEXT, commander=TEXT
)
_TASK = object_of(("title",), title=TEXT, text=TEXT, resource_id=INTEGER, unit_id=INTEGER, due_at=TIME, also=FLAG)
_RESOURCE = object_of(
    ("kind", "name", "area"), kind=TEXT, name=TEXT, name_en=TEXT, area=TEXT, tags=TEXTS, unit=TEXT, lon=NUMBER, lat=NUMBER,
    datum=PLACE["datum"], address=TEXT, quantity=NUMBER, measure=TEXT, note=TEXT, person=TEXT, phone=TEXT, out=FLAG,
)  # fmt: skip

EMERGENCIES: tuple[Route, ...] = (
    Route("GET", "/plans", "read", "The library of plans, with the types of public emergencies", rest_emergency.list_plans),
    Route("GET", "/emergencies", "read", "Incidents that are emergencies", rest_emergency.list_emergencies,
          rest_emergency.EMERGENCY_PARAMS),
    Route("GET", "/incidents/{id}/emergency", "read", "What was declared on an incident, or could be: plan, tasks, log, briefs",
          rest_emergency.get_emergency),
    Route("POST", "/incidents/{id}/emergency", "act", "Declare, set_level, activate a plan, note, end", rest_emergency.act_on_emergency,
          body=_EMERGENCY, answers=ACTED),
    Route("POST", "/incidents/{id}/tasks", "act", "Give a task to a team or unit", rest_emergency.give_task, body=_TASK,
          answers=((201, "the task"),)),
    Route("POST", "/tasks/{id}/acts", "act", "What a team says of its task, or the command of it", rest_emergency.act_on_task, body=ACT,
          answers=ACTED),
    Route("POST", "/incidents/{id}/briefs", "act", "Write a situation brief from what is stored", rest_brief.write,
          answers=((201, "the brief with its facts"),)),
    Route("GET", "/briefs/{id}", "read", "A brief with the facts it was written from", rest_brief.get),
    Route("GET", "/briefs/{id}/{file}", "read", "`paper.html` or `paper.pdf`", rest_brief.get_paper, PAPER_PARAMS),
    Route("GET", "/resources", "read", "Teams, equipment, materials, shelters, hospitals, experts, contacts, hazards; near a place",
          rest_resources.list_resources, rest_resources.RESOURCE_PARAMS),
    Route("GET", "/resources/{code}", "read", "One resource, also one that is out", rest_resources.get_resource),
    Route("PUT", "/resources/{code}", "act or admin", "Keep a resource by hand; one that is there only with `If-Match`",
          rest_resources.put_resource, body=_RESOURCE, answers=((201, "new"), (200, "changed"), (412, "somebody was faster"),
          (428, "say which version you saw"))),
    Route("GET", "/resources/{code}/contact", "act", "Whom to call; audited at every look", rest_resources.get_contact),
)  # fmt: skip
