"""The document says what the table says, and the table says what the contract promises."""

import re

import pytest

from api.openapi import docs_page, document, operation_id
from api.routes import ROUTES

PROMISED = [
    "POST /readings", "POST /reports", "POST /feeds/{format}", "PUT /devices/{device}", "POST /devices", "GET /devices", "GET /cells",
    "GET /readings", "GET /reports", "GET /alerts", "GET /incidents", "GET /cases", "GET /indicators", "GET /rejected", "GET /snapshot",
    "GET /stream",
    "POST /alerts/{id}/acts", "POST /reports/{id}/acts", "POST /incidents/{id}/acts", "POST /cases/{number}/acts", "POST /cases",
    "GET /queue", "GET /areas", "GET /rules", "POST /media", "GET /media/{media_id}", "GET /layers/{name}", "GET /cells/{cell_id}",
]  # fmt: skip


@pytest.mark.parametrize("call", PROMISED)
def test_what_the_contract_promises_is_in_the_document(call: str) -> None:
    method, path = call.split()
    assert method.lower() in document(ROUTES, "1")["paths"][path]


def test_every_operation_has_its_own_name_and_every_hole_of_a_path_a_parameter() -> None:
    names = [operation_id(route) for route in ROUTES]
    assert len(names) == len(set(names))
    for path, operations in document(ROUTES, "1")["paths"].items():
        for operation in operations.values():
            told = {parameter["name"] for parameter in operation["parameters"] if parameter["in"] == "path"}
            assert told == set(re.findall(r"{(\w+)}", path))


# A gateway signs what it tells (docs/notify.md); how I am reached, and what a screen shows of itself, is one's own and no word to the city.
SIGNED, OWN = (
    {"/notify/{channel}/receipts"},
    {"/push", "/people/me/contacts", "/people/me/contacts/tries", "/people/me/password", "/screens/me/beat", "/cockpit/visits"},
)


def test_only_signing_in_and_out_is_open_to_strangers_and_to_gateways_that_sign() -> None:
    assert {route.path for route in ROUTES if route.need == "public"} == {"/session"} | SIGNED


def test_every_write_to_the_city_needs_a_scope_that_may_write() -> None:
    assert all(
        set(route.need.split(" or ")) <= {"feed", "act", "admin"}
        for route in ROUTES
        if route.method != "GET" and route.path not in {"/session"} | SIGNED | OWN
    )


def test_the_page_lists_every_call_and_carries_neither_script_nor_style() -> None:
    page = docs_page(ROUTES, "1")
    assert all(operation_id(route) in page for route in ROUTES)
    assert "<script" not in page
    assert "style" not in page


def test_the_handbook_names_every_call() -> None:
    from pathlib import Path

    text = (Path(__file__).resolve().parents[3] / "docs" / "api.md").read_text(encoding="utf-8")
    missing = [route.path for route in ROUTES if f"`{route.method} {route.path}" not in text]
    assert not missing
