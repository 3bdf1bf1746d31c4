"""What simulated things say is what the standards and the contract ask for."""

import json
from datetime import UTC, datetime, timedelta, timezone

from core.config import Config
from sim import wire
from sim.model import Call, Plan, Sighting

AT = datetime(2026, 11, 21, 8, 0, tzinfo=timezone(timedelta(hours=8)))


def test_the_check_is_that_of_the_standard() -> None:
    # HJ 212-2017 appendix A: the example's frame ends in 1C80.
    segment = "QN=20160801085857223;ST=32;CN=1062;PW=100000;MN=010000A8900016F000169DC0;Flag=5;CP=&&RtdInterval=30&&"
    assert wire.hj212_crc(segment.encode()) == "1C80"
    assert wire.hj212_frame(segment) == b"##0101" + segment.encode() + b"1C80\r\n"


def test_a_station_asks_for_an_answer_and_knows_it(plan: Plan) -> None:
    site = next(site for site in plan.sites if site.kind == "dust")
    qn, packet = wire.hj212_realtime(site, {"pm25": 35.2, "noise": 61}, AT, "123456")
    assert b"CN=2011" in packet
    assert b";Flag=5;" in packet
    assert b"a34004-Rtd=35.2,a34004-Flag=N;LA-Rtd=61,LA-Flag=N" in packet
    answer = wire.hj212_frame(f"QN={qn};ST=91;CN=9014;PW=123456;MN={site.device};Flag=4;CP=&&&&").strip()
    assert wire.is_answer_to(qn, answer)
    assert not wire.is_answer_to("2" + qn[1:-1] + "x", answer)
    assert not wire.is_answer_to(qn, answer[:-4] + b"0000")


def test_telemetry_is_a_message_of_the_contract() -> None:
    message = json.loads(wire.payload(wire.telemetry({"pm25": 35.2, "pm10": None}, AT, {"pm25": "M"})))
    assert message == {"ts": "2026-11-21T08:00:00.000+08:00", "values": {"pm25": 35.2, "pm10": None}, "quality": {"pm25": "M"}}


def test_a_gateway_speaks_on_its_streets_topic() -> None:
    assert wire.gateway_topic("320404", "gw-005-urban") == "city/320404005/gateway/gw-005-urban/telemetry"


def test_a_frigate_object_keeps_its_id_from_new_to_end() -> None:
    seen = Sighting("k1", 1_795_233_600.25, 40, "camera-0001", "smoke", 0.8)
    messages = [json.loads(wire.frigate_event(seen, kind, seen.at)) for kind in ("new", "update", "end")]
    assert len({message["after"]["id"] for message in messages}) == 1
    assert [message["after"]["end_time"] for message in messages] == [None, None, 1_795_233_640.25]


def test_the_hotlines_list_has_the_columns_of_the_configuration(config: Config) -> None:
    call = Call("k", 0, "0503", "井盖破损", "市民来电反映：井盖破损", "东横街", "320404001001", 119.9, 31.7)
    data = wire.calls_csv([(call, AT, {"name": "王芳", "phone": "19900001234"})], {"0503": "井盖缺损"})
    header, row = data.decode("utf-8-sig").splitlines()
    assert set(config.feeds["hotline"].columns.values()) <= set(header.split(","))
    assert "2026-11-21 08:00:00" in row


def test_stamps_without_an_offset_are_local(plan: Plan) -> None:
    station = next(site for site in plan.sites if site.kind == "dust")
    _, packet = wire.hj212_realtime(station, {"pm25": 1}, AT.astimezone(UTC).astimezone(AT.tzinfo), "1")
    assert b"DataTime=20261121080000" in packet
