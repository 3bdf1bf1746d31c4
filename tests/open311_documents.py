"""For each Open311 document of other servers the same question to us: our document has the same elements, theirs can be posted."""

from datetime import datetime
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, fromstring

import httpx
import pytest

from store.accounts import create_token
from store.timescale import Store
from tests.patience import PATIENCE_S
from tests.stack import Stack


def tags(document: Element) -> set[str]:
    return {element.tag for element in document.iter()}


def ask_open311(stack: Stack, feeder: str, shared: Path, now: datetime) -> int:
    """For each document of other servers our own of the same call: the same elements, and what they hold can be posted to us."""
    store = Store(stack.environment["YIPING_DATABASE_URL"])
    with store.connection() as connection:
        reader = create_token(connection, "reader", ["read"], ["320404"], now)
    url = f"{stack.url}/open311/v2"
    client = httpx.Client(timeout=PATIENCE_S)

    def ask(path: str, key: str = reader) -> httpx.Response:
        return client.get(f"{url}/{path}", params={"api_key": key})

    def post(one: dict[str, Any], code: str, form: str) -> httpx.Response:
        fields = {
            "service_code": code,
            "lat": one["lat"],
            "long": one["long"],
            "description": one.get("description") or "",
            "address_string": one.get("address") or "",
        }
        return client.post(f"{url}/requests.{form}", data={"api_key": feeder, **fields})

    posted = list[tuple[dict[str, Any], int]]()
    for path in sorted((shared / "open311").glob("*requests*.*")):
        posted += [(one, int(post(one, "0503", "json").json()[0]["service_request_id"])) for one in requests_of(path)]
        assert all(post(one, one["service_code"], "json").status_code == 404 for one in requests_of(path))  # their codes are not ours
    assert len(posted) >= 7
    for one, number in posted:
        (found,) = ask(f"requests/{number}.json").json()
        assert (found["service_code"], found["lat"], found["long"]) == (
            "0503",
            pytest.approx(float(one["lat"])),
            pytest.approx(float(one["long"])),
        )
        assert found["address"] == (one.get("address") or None)
    number = posted[0][1]
    with store.connection() as connection:
        row = connection.execute("select external_id as token from reports where report_id = %s", [number]).fetchone()
        assert row
    store.close()
    ours = {
        "cfa_403.xml": ask("requests.xml", "wrong"), "cfa_get_service_request.xml": ask(f"requests/{number}.xml"),
        "cfa_get_service_request_not_found.xml": ask("requests/999999999.xml"), "cfa_post_service_request.xml": post(posted[0][0], "0503", "xml"),
        "cfa_request_id_from_token.xml": ask(f"tokens/{row['token']}.xml"), "cfa_service_definition.xml": ask("services/0503.xml"),
        "cfa_service_requests.xml": ask("requests.xml"), "cfa_service_requests_empty.xml": client.get(f"{url}/requests.xml", params={"api_key": reader, "status": "closed"}),
        "cfa_services.xml": ask("services.xml"), "o311status_requests_many.xml": ask("requests.xml"), "o311status_requests_single.xml": ask(f"requests/{number}.xml"),
        "o311status_service_list.json": ask("services.json"), "o311status_service_requests.json": ask("requests.json"), "o311status_services_giessen.xml": ask("services.xml"),
    }  # fmt: skip
    for path in sorted((shared / "open311").iterdir()):
        compare(path, ours.pop(path.name))
    assert not ours
    client.close()
    return len(list((shared / "open311").iterdir()))


def requests_of(path: Path) -> list[dict[str, Any]]:
    """The requests of a document that have a place."""
    if path.suffix == ".json":
        found: list[dict[str, Any]] = httpx.Response(200, content=path.read_bytes()).json()
    else:
        found = [{child.tag: child.text for child in one} for one in fromstring(path.read_bytes()).iter("request")]
    return [one for one in found if one.get("lat") and one.get("long")]


def compare(path: Path, ours: httpx.Response) -> None:
    """Root, elements and fields of their document are ours too. Attributes of services are what we never ask for."""
    if path.suffix == ".json":
        theirs = httpx.Response(200, content=path.read_bytes()).json()
        assert set().union(*theirs) <= set().union(*ours.json()), path.name
        return
    body = path.read_bytes()
    document, own = fromstring(body[body.index(b"<?xml") :]), fromstring(ours.content)
    if path.name == "cfa_403.xml":
        assert ours.status_code == 403
    elif path.name == "cfa_service_definition.xml":
        assert (own.tag, own.findtext("service_code")) == (document.tag, "0503")
    else:
        assert own.tag == document.tag, (path.name, ours.text[:300])
        assert tags(document) <= tags(own), (path.name, tags(document) - tags(own))
