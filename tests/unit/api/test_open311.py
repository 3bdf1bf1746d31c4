"""Open311 GeoReport v2: documents, forms and refusals, without a database."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from xml.etree.ElementTree import fromstring

import pytest

from api import open311_document as document
from api.open311 import _form
from api.open311_requests import report_of
from api.problems import NotSignedIn
from core.config import Config
from core.errors import Invalid, NotAllowed, NotFound, StoreUnavailable, YipingError
from core.model import Frame
from ingest.decode import decode

NOW = datetime(2026, 11, 21, 4, tzinfo=UTC)
FORM = {"service_code": "0503", "lat": "31.78", "long": "119.95"}


def test_services_are_the_citys_classes_in_both_forms(config: Config) -> None:
    listed = document.services(config.classes)
    root = fromstring(document.write("xml", "services", "service", listed))
    assert (root.tag, {child.tag for child in root}) == ("services", {"service"})
    first = {child.tag: child.text for child in root[0]}
    assert (first["service_code"], first["service_name"], first["group"], first["metadata"], first["type"]) == (
        "0101", "暴露垃圾", "市容环境", "false", "realtime",
    )  # fmt: skip
    assert json.loads(document.write("json", "services", "service", listed))[0]["service_code"] == "0101"
    assert len(listed) == len(config.classes)


def test_a_request_has_the_standards_elements_in_their_order() -> None:
    (row,) = document.requests([{"service_request_id": 7, "status": "open", "lat": 31.78, "long": 119.95}])
    root = fromstring(document.write("xml", "service_requests", "request", [row]))
    names = [child.tag for child in root[0]]
    assert names[:5] == ["service_request_id", "status", "status_notes", "service_name", "service_code"]
    assert names[-3:] == ["lat", "long", "media_url"]
    assert root[0].findtext("status_notes") == ""
    assert json.loads(document.write("json", "service_requests", "request", [row]))[0]["media_url"] is None


def test_the_elements_are_those_other_servers_send(shared: Any) -> None:
    real = {child.tag for child in fromstring((shared / "open311" / "cfa_service_requests.xml").read_bytes())[0]}
    real |= {child.tag for child in fromstring((shared / "open311" / "o311status_requests_many.xml").read_bytes())[0]}
    assert real == set(document.REQUEST)
    services = fromstring((shared / "open311" / "cfa_services.xml").read_bytes())
    assert {child.tag for child in services[0]} == set(document.service("1", _a_class()))
    empty = fromstring((shared / "open311" / "cfa_service_requests_empty.xml").read_bytes().strip())
    assert fromstring(document.write("xml", "service_requests", "request", [])).tag == empty.tag
    error = fromstring((shared / "open311" / "cfa_get_service_request_not_found.xml").read_bytes().strip())
    ours = fromstring(document.write("xml", "errors", "error", document.errors(404, "x")))
    assert (ours.tag, ours[0].tag, [child.tag for child in ours[0]]) == (error.tag, error[0].tag, [child.tag for child in error[0]])


def _a_class() -> Any:
    from core.config import ClassConfig

    return ClassConfig(label="a", label_en="b", group="c", domain="urban", deadline="1h")


def test_everything_is_escaped_and_what_xml_cannot_hold_is_left_out() -> None:
    evil = "<b>&\"'</b>\x00\x08\ud800]]>\ufffe"
    text = document.write("xml", "errors", "error", document.errors(400, evil))
    assert fromstring(text)[0].findtext("description") == "<b>&\"'</b>]]>"
    assert json.loads(document.write("json", "errors", "error", document.errors(400, "<b>\x08")))[0]["description"] == "<b>\x08"


def test_discovery_names_its_endpoint_and_forms(config: Config) -> None:
    root = fromstring(document.write("xml", "discovery", "", document.discovery(config.area, "http://here/open311/v2")))
    assert root.findtext("endpoints/endpoint/url") == "http://here/open311/v2"
    assert [form.text for form in root.findall("endpoints/endpoint/formats/format")] == ["text/xml", "application/json"]


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (NotSignedIn(), 403),
        (NotAllowed("x"), 403),
        (NotFound("x"), 404),
        (Invalid("x"), 400),
        (StoreUnavailable("x"), 503),
        (YipingError("x"), 500),
    ],
)
def test_errors_are_the_standards(error: Exception, status: int) -> None:
    assert document.error_of(error)[0] == status


@pytest.mark.parametrize(
    ("path", "found"),
    [("requests.json", ("requests", "json")), ("requests/7.XML", ("requests/7", "xml")), ("services", ("services", "json")),
     ("tokens/a.b.json", ("tokens/a.b", "json")), ("", ("", "json")), ("services/0101/", ("services/0101", "json"))],
)  # fmt: skip
def test_the_last_words_ending_says_the_form(path: str, found: tuple[str, str]) -> None:
    assert _form(path) == found


def taken(config: Config, fields: Mapping[str, str]) -> Any:
    body = report_of(fields, "token", config, NOW)
    decoded = decode([Frame("http-reports", json.dumps(body).encode(), NOW)], {}, config)
    assert decoded.rejected == []
    return decoded.reports[0][1]


def test_a_posted_form_is_a_report_the_pipeline_takes(config: Config) -> None:
    fields = FORM | {"description": "井盖碎了", "first_name": "三", "last_name": "张", "email": "a@b", "media_url": "https://example.org/1.jpg",
                     "attribute[COLOUR]": "red", "device_id": "d-1"}  # fmt: skip
    report = taken(config, fields)
    assert (report.source, report.external_id, report.channel, report.class_code, report.title) == (
        "open311",
        "token",
        "public",
        "0503",
        "井盖缺损",
    )
    assert (report.text, report.media, report.observed_at) == ("井盖碎了", ("https://example.org/1.jpg",), NOW)
    assert (report.position.lon, report.position.lat, report.position.datum) == (119.95, 31.78, "wgs84")
    assert report.caller == {"name": "张 三", "phone": "a@b"}
    assert report.extra == {"attributes": {"COLOUR": "red"}}
    assert "d-1" not in str(report)


def test_an_address_will_do_without_a_position(config: Config) -> None:
    report = taken(config, {"service_code": "0503", "address_string": "怀德路 8 号"})
    assert (report.position, report.address) == (None, "怀德路 8 号")


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"service_code": ""}, Invalid), ({"service_code": "9999"}, NotFound), ({"lat": ""}, Invalid), ({"lat": "91"}, Invalid), ({"long": "nan"}, Invalid),
        ({"long": "east"}, Invalid), ({"media_url": "javascript:alert(1)"}, Invalid), ({"description": "x" * 4001}, Invalid),
        ({"jurisdiction_id": "110101"}, NotFound), ({"lattitude": "1"}, Invalid),
    ],
)  # fmt: skip
def test_what_the_standard_requires_is_demanded(config: Config, change: dict[str, str], kind: type[Exception]) -> None:
    with pytest.raises(kind):
        report_of(FORM | change, "token", config, NOW)
