"""What I was told on my desk: my notices, and that I saw them."""

from api.call import PAGE, Answer, Call, Param, page, read_id_cursor, read_params
from core.errors import Invalid
from store import notices
from store.lists import MOST

NOTICE_PARAMS = (Param("unseen", "true: only those I have not seen", "boolean"), *PAGE)
_MOST = 1_000


def list_notices(call: Call) -> Answer:
    """The reader's own, newest first."""
    wanted = read_params(NOTICE_PARAMS, call.query)
    after, limit = read_id_cursor(wanted.get("next")), wanted.get("limit", 100)
    if not 1 <= limit <= MOST:
        raise Invalid(f"limit: from 1 to {MOST}")
    rows = notices.list_notices(call.connection, call.scope, unseen=bool(wanted.get("unseen")), after=after, limit=limit)
    return page("notices", rows, limit, "id")


def act_on_notices(call: Call) -> Answer:
    """`{"act": "see", "ids"}`: mark them as seen by me. Raises `Invalid`."""
    fields = call.fields()
    ids = fields.get("ids")
    if fields.keys() != {"act", "ids"} or fields["act"] != "see":
        raise Invalid('write {"act": "see", "ids": [...]}')
    if not isinstance(ids, list) or len(ids) > _MOST or not all(type(one) is int and 0 < one < 2**62 for one in ids):
        raise Invalid(f"'ids' are the numbers of at most {_MOST} notices")
    return Answer({"seen": notices.see(call.connection, call.scope, ids)})
