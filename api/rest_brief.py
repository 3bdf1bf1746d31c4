"""Situation briefs over HTTP: one press writes one, and it is read as it was written."""

from api.call import Answer, Call
from api.papers import answer_paper, texts
from store import brief
from store.acts import Act


def write(call: Call) -> Answer:
    act = Act("brief", call.scope, call.now, address=call.address)
    brief_id = brief.write(call.connection, call.number("id"), act, call.config, texts())
    return Answer(_shape(call, brief_id), 201, {"Location": f"/api/v1/briefs/{brief_id}"})


def get(call: Call) -> Answer:
    return Answer(_shape(call, call.number("id")))


def get_paper(call: Call) -> Answer:
    row = brief.get(call.connection, call.scope, call.number("id"))
    return answer_paper(call, row["papers"], row["written_at"], f"brief-{row['incident_id']}-{row['number']}")


def _shape(call: Call, brief_id: int) -> dict[str, object]:
    row = brief.get(call.connection, call.scope, brief_id)
    return {name: row[name] for name in ("id", "incident_id", "number", "written_at", "written_by", "papers", "inputs")}
