"""The calls about the catalogue of indicators and the leaders' cockpit: a part of the table in `api.routes`."""

from api import rest_catalogue, rest_catalogue_tables, rest_cockpit
from api.call import Route
from api.shapes import BYTES, INTEGER, NUMBER, PUT, TEXT, object_of

_VALUE = object_of(
    ("code", "period", "value"), code=TEXT, area=TEXT, period=TEXT, value=NUMBER, numerator=NUMBER, denominator=NUMBER, note=TEXT
)
_CARD = object_of(
    ("label", "why"), label=TEXT, label_en=TEXT, group={"enum": ["coverage", "control", "prevention", "hotline", "economy", "other"]},
    source={"enum": ["evaluation", "counted", "imported"]}, of=TEXT,
    domain={"enum": ["emergency", "urban", "environment", "water", None]}, formula=TEXT, formula_en=TEXT, unit=TEXT,
    unit_en=TEXT, owner_en=TEXT, decimals=INTEGER,
    period={"enum": ["day", "week", "month", "quarter", "year"]}, owner=TEXT, target={"type": ["number", "null"]},
    good={"enum": [1, 0, -1]}, why=TEXT,
)  # fmt: skip

COCKPIT: tuple[Route, ...] = (
    Route("GET", "/catalogue", "read", "Indicators with version, owner, target, figure, 环比 and 同比", rest_catalogue.list_catalogue,
          rest_catalogue.CATALOGUE_PARAMS),
    Route("GET", "/catalogue/{code}", "read", "One indicator with its versions, its course, and its figure by street",
          rest_catalogue.get_card, rest_catalogue.CARD_PARAMS),
    Route("PUT", "/catalogue/{code}", "admin", "Say what an indicator is: the next version of its card", rest_catalogue.put_card,
          body=_CARD, answers=(*PUT, (412, "somebody was faster: read it again"))),
    Route("GET", "/catalogue/{code}/rows", "read", "The rows a counted figure was made of", rest_catalogue.list_rows,
          rest_catalogue.ROWS_PARAMS),
    Route("GET", "/catalogue/{code}/values", "read", "Every value that was told of an indicator, and by whom", rest_catalogue.list_values,
          rest_catalogue.VALUES_PARAMS),
    Route("POST", "/catalogue/values", "admin", "Values that another system computed; all or none", rest_catalogue_tables.post_values,
          body=object_of(("source", "values"), source=TEXT, values={"type": "array", "items": _VALUE}),
          answers=((200, "taken"), (422, "`faults` tells each"))),
    Route("POST", "/catalogue/table", "admin", "What a table would change in definitions or values, and with `apply` the change",
          rest_catalogue_tables.post_table, rest_catalogue_tables.TABLE_PARAMS, BYTES, "application/octet-stream"),
    Route("GET", "/vital-scores", "read", "The composite score of vital signs now, its signs, domains, streets and course",
          rest_cockpit.get_scores, rest_cockpit.SCORE_PARAMS),
    Route("GET", "/vital-scores/stored", "read", "One stored score with its inputs, worked out again from them", rest_cockpit.get_stored,
          rest_cockpit.STORED_PARAMS),
    Route("GET", "/cockpit/changes", "read", "What happened since a moment, and which lights changed", rest_cockpit.get_changes,
          rest_cockpit.CHANGES_PARAMS),
    Route("POST", "/cockpit/visits", "read", "I am looking: when I last did before this visit", rest_cockpit.post_visit),
)  # fmt: skip
