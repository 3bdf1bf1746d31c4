"""What does not happen but is: areas, cells, layers, classes, feeds, the audit, and who I am."""

from alerts import lifecycle as alert_lifecycle
from api.call import AREA, PAGE, Answer, Call, Param, page, read_filter, read_id_cursor, read_params
from api.packed import Packed
from api.snapshot import tell_feeds, tell_path, tell_ways
from core.errors import NotAllowed
from dispatch import cases as case_lifecycle
from dispatch import incidents as incident_lifecycle
from dispatch import reports as report_lifecycle
from store import audit, desk, geography, probes
from store.lists import Filter

CELL_PARAMS = (AREA, Param("duty_grid", "code of a duty grid"), Param("cell_code", "code of a cell"), *PAGE)
AUDIT_PARAMS = (Param("noun", "alert, report, incident, case, account, token"), Param("actor", "who"), *PAGE)
_MAY_READ_AUDIT = frozenset({"auditor", "security_admin"})


def get_me(call: Call) -> Answer:
    """Who the caller is and what the role may ever do; what is possible now stands in each noun's `acts`."""
    scope, identity = call.scope, call.identity
    tables = {"alert": alert_lifecycle, "report": report_lifecycle, "incident": incident_lifecycle, "case": case_lifecycle}
    acts = {noun: sorted(act for act, roles in table.ROLES.items() if scope.role in roles) for noun, table in tables.items()}
    return Answer(
        {
            "name": scope.name, "role": scope.role, "areas": list(scope.areas), "account_id": scope.account_id,
            "scopes": sorted(identity.scopes), "view": identity.view, "acts": acts,
        }
    )  # fmt: skip


def list_areas(call: Call) -> Answer:
    return Answer({"areas": desk.list_areas(call.connection, call.scope)})


def list_cells(call: Call) -> Answer:
    wanted = read_params(CELL_PARAMS, call.query)
    after = read_id_cursor(wanted.get("next"))
    filter_ = read_filter(wanted)
    rows = desk.list_cells(call.connection, call.scope, filter_, after or 0)
    return page("cells", rows, filter_.limit, "cell_id")


def get_cell(call: Call) -> Answer:
    return Answer(desk.read_cell(call.connection, call.scope, call.number("cell_id")))


def list_layers(call: Call) -> Answer:
    return Answer({"layers": geography.list_layers(call.connection)})


def get_layer(call: Call) -> Answer:
    """GeoJSON; compressed where the reader takes it, 304 where the reader has it."""
    return sent(call, call.places.layer(call.connection, call.path["name"], call.scope, call.now), "application/geo+json")


def get_grid(call: Call) -> Answer:
    """The cells as screens draw them: numbers, areas, and the grid they form."""
    return sent(call, call.places.ground(call.connection, call.scope, call.now), "application/json")


def sent(call: Call, body: Packed, media_type: str) -> Answer:
    """A shared answer; compressed where the reader takes it, 304 where the reader has it."""
    packed = "gzip" in call.headers.get("Accept-Encoding", "")
    etag = f'"{body.etag}{"-gz" if packed else ""}"'
    headers = {"ETag": etag, "Cache-Control": "private, no-cache", "Vary": "Accept-Encoding, Cookie, Authorization"}
    if etag in [word.strip().removeprefix("W/") for word in call.headers.get("If-None-Match", "").split(",")]:
        return Answer(b"", 304, headers, media_type)
    if packed:
        return Answer(body.packed, headers={**headers, "Content-Encoding": "gzip"}, media_type=media_type)
    return Answer(body.plain, headers=headers, media_type=media_type)


def list_classes(call: Call) -> Answer:
    classes = [
        {"class_code": code, **one.model_dump(mode="json", exclude={"deadline"}), "deadline_s": one.deadline.total_seconds()}
        for code, one in call.config.classes.items()
    ]
    return Answer({"classes": classes})


def list_feeds(call: Call) -> Answer:
    """As the wall shows them: one row a feed, whoever hears it; then the ways that messages leave by; and the proof of the path."""
    rows = tell_feeds(call.connection, call.config) + tell_ways(call.connection, call.config, call.now)
    return Answer({"feeds": rows, "path": tell_path(call.connection, call.now)})


def get_probe(call: Call) -> Answer:
    """The proof of the path: the last one, and how long each leg takes."""
    return Answer(probes.read_path(call.connection, call.now))


def list_audit(call: Call) -> Answer:
    """For the auditor and the security administrator only: neither of them acts on what is audited here."""
    if call.scope.role not in _MAY_READ_AUDIT:
        raise NotAllowed("the audit is for the roles auditor and security_admin")
    wanted = read_params(AUDIT_PARAMS, call.query)
    after = read_id_cursor(wanted.get("next"))
    filter_: Filter = read_filter(wanted)
    # Logins belong to no area, so row security hides them: the owner's login reads, `list_audit` filters by the scope.
    with call.deps.store.connection() as connection:
        rows = audit.list_audit(
            connection, call.scope, noun=filter_.wanted.get("noun"), actor=filter_.wanted.get("actor"),
            after=after, limit=filter_.limit,
        )  # fmt: skip
    return page("audit", rows, filter_.limit, "id")
