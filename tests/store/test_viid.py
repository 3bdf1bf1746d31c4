"""A view library (GA/T 1400) over the standard's paths: registered by Digest, believed by its number, answered after the commit."""

import asyncio
import json
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from api import viid_digest as digest
from api.collector import Collector
from api.gate import Gate
from api.viid import Doors
from core.config import Config, FeedConfig
from core.errors import StoreUnavailable
from core.model import Frame, Taken
from pipeline import process
from store.accounts import create_token
from store.timescale import Store
from tests.pipes import deps_of

LIBRARY = "32040400005030000001"
WORD = "view library"
MINUTE = timedelta(minutes=1)


class City:
    """The doors on a real pipeline; each question runs the application anew, as another edge would."""

    def __init__(self, config: Config, store: Store, now: datetime) -> None:
        feed = FeedConfig(kind="http", format="gat1400", classes={"660": "0401"}).with_password(WORD)
        self.config = config.model_copy(update={"feeds": {**config.feeds, "library": feed}})
        self.store, self.now, self.away = store, now, 0
        with store.connection() as connection:
            self.token = create_token(connection, "feed", ["feed"], ["320404"], now)
            connection.execute("insert into devices (device, name, domain, area) values (%s, '视图库', 'urban', '320404')", [LIBRARY])

    def ask(self, path: str, body: Any = None, peer: str = "10.0.0.7", **more: Any) -> httpx.Response:
        return asyncio.run(self._ask(path, body, peer, more))

    async def _ask(self, path: str, body: Any, peer: str, more: dict[str, Any]) -> httpx.Response:
        deps = deps_of(self.config, self.store)

        def write(frames: Sequence[Frame]) -> list[Taken]:
            if self.away:
                raise StoreUnavailable("away")
            return process(frames, self.now, deps).taken

        gate, collector = Gate(self.store, lambda: self.now), Collector(write)
        app = Starlette(routes=Doors(collector, gate, self.config, lambda: self.now).routes())
        task = asyncio.ensure_future(collector.run())
        try:
            transport = httpx.ASGITransport(app, client=(peer, 4000))
            async with httpx.AsyncClient(transport=transport, base_url="http://city") as client:
                content = body if isinstance(body, bytes | None) else json.dumps(body).encode()
                return await client.request("GET" if body is None else "POST", f"/VIID/{path}", content=content, **more)
        finally:
            task.cancel()
            collector.close()
            gate.close()

    def register(self, word: str = WORD, **more: Any) -> httpx.Response:
        return self.ask("System/Register", {"RegisterObject": {"DeviceID": LIBRARY}}, auth=httpx.DigestAuth("library", word), **more)

    def keepalive(self, device: str = LIBRARY, **more: Any) -> httpx.Response:
        body = {"KeepaliveObject": {"DeviceID": device}}
        return self.ask("System/Keepalive", body, **{"headers": {"User-Identify": LIBRARY}, **more})

    def notify(self, *notices: Any, **more: Any) -> httpx.Response:
        body = {"SubscribeNotificationListObject": {"SubscribeNotificationObject": list(notices)}}
        return self.ask("SubscribeNotifications", body, **{"headers": {"User-Identify": LIBRARY}, **more})

    def one(self, query: str) -> Any:
        with self.store.connection() as connection:
            row = connection.execute(query).fetchone()
            return next(iter(row.values())) if row else None


@pytest.fixture
def city(config: Config, database_url: str, now: datetime) -> Iterator[City]:
    store = Store(database_url)
    yield City(config, store, now)
    store.close()


def notice(number: str, when: str = "20261121120005", **more: Any) -> dict[str, Any]:
    scene = {"DeviceID": "32040400001190000001", "ShotTime": when, "EventSort": 660}
    return {"NotificationID": number, "TriggerTime": when, "SceneObjectList": {"SceneObject": [scene]}, **more}


def status(answer: httpx.Response) -> tuple[int, str, str]:
    assert answer.headers["content-type"].lower().startswith("application/viid+json")
    told = answer.json()["ResponseStatusObject"]
    assert told["RequestURL"] == answer.request.url.path
    return answer.status_code, told["StatusCode"], told["Id"]


def statuses(answer: httpx.Response) -> list[tuple[str, str]]:
    return [(row["Id"], row["StatusCode"]) for row in answer.json()["ResponseStatusListObject"]["ResponseStatusObject"]]


def test_who_does_not_know_the_password_is_asked_for_it_and_leaves_nothing(city: City) -> None:
    answer = city.ask("System/Register", {"RegisterObject": {"DeviceID": LIBRARY}})
    assert status(answer) == (401, "4", "")
    assert answer.headers["www-authenticate"].startswith('Digest realm="yiping", qop="auth"')
    assert status(city.register("guessed"))[0] == 401
    assert status(city.keepalive())[0] == 401
    assert city.notify(notice("1")).status_code == 401
    assert city.one("select count(*) from reports") == 0
    assert city.one("select presence from devices") != "online"


def test_a_registered_library_is_there_speaks_by_its_number_and_leaves(city: City) -> None:
    assert status(city.register()) == (200, "0", LIBRARY)
    assert city.one("select presence from devices") == "online"
    assert status(city.keepalive()) == (200, "0", LIBRARY)
    assert statuses(city.notify(notice("n1"))) == [("n1", "0")]
    assert city.one("select source || '/' || external_id || '/' || class_code from reports") == "library/n1/0401"
    city.now += MINUTE
    answer = city.ask("System/UnRegister", {"UnRegisterObject": {"DeviceID": LIBRARY}}, headers={"User-Identify": LIBRARY})
    assert status(answer) == (200, "0", LIBRARY)
    assert city.one("select presence from devices") == "offline"
    assert status(city.keepalive())[0] == 401


def test_its_number_is_believed_from_its_address_only_for_itself_and_while_it_speaks(city: City) -> None:
    city.register()
    assert status(city.keepalive(peer="10.0.0.8"))[0] == 401
    assert status(city.keepalive("32040400005030000002"))[0] == 403
    start = city.now
    for minutes in (9, 18):
        city.now = start + minutes * MINUTE
        assert city.keepalive().status_code == 200
    city.now = start + 29 * MINUTE
    assert city.keepalive().status_code == 401
    assert city.register().status_code == 200
    assert city.keepalive().status_code == 200


def test_behind_a_proxy_that_stands_for_all_only_the_password_proves_anything(city: City) -> None:
    city.register(headers={"X-Forwarded-For": "10.0.0.7"}, peer="10.0.0.1")
    for named in ("10.0.0.7", "10.9.9.9", "10.0.0.1, 10.9.9.9", ""):
        answer = city.keepalive(peer="10.0.0.1", headers={"User-Identify": LIBRARY, "X-Forwarded-For": named})
        assert answer.status_code == 401
    twice = [("User-Identify", LIBRARY), ("X-Forwarded-For", "10.0.0.1"), ("X-Forwarded-For", "10.9.9.9")]  # as some proxies add it
    assert city.keepalive(peer="10.0.0.1", headers=twice).status_code == 401
    # The server believed the proxy, so that both say the same.
    assert city.keepalive(peer="10.0.0.1", headers={"User-Identify": LIBRARY, "X-Forwarded-For": "9.9.9.9, 10.0.0.1"}).status_code == 200


def test_an_answer_to_a_challenge_is_used_once_and_its_nonce_with_a_greater_count(city: City) -> None:
    first = city.register()
    sent = first.request.headers["authorization"]

    def again(authorization: str) -> httpx.Response:
        return city.ask("System/Register", {"RegisterObject": {"DeviceID": LIBRARY}}, headers={"Authorization": authorization})

    def counted(nc: str) -> str:
        fields = {**digest.read(sent), "nc": nc}
        fields["response"] = digest.answer(fields, WORD, "POST")
        return "Digest " + ", ".join(f'{name}="{word}"' for name, word in fields.items())

    assert first.status_code == 200
    assert again(sent).status_code == 401
    assert again(sent).headers["www-authenticate"].endswith("stale=true")
    assert [again(counted(nc)).status_code for nc in ("0000000a", "00000009", "0000000b", "0000000b")] == [200, 401, 200, 401]


def test_what_is_remembered_of_nonces_is_forgotten_when_they_no_longer_hold(city: City) -> None:
    for minutes in (0, 0, 1, 30):
        city.now += minutes * MINUTE
        assert city.register().status_code == 200
    assert city.one("select count(*) from wire_memory where feed = 'viid nonce'") == 1
    assert city.one("select count(*) from wire_memory where feed = 'library' and peer like 'registered/%'") == 1


def test_states_beside_notices_are_stored_and_told_of_only_where_they_are_refused(city: City) -> None:
    city.register()
    with city.store.connection() as connection:
        connection.execute("insert into devices (device, name, domain, area) values ('ape', '枪机', 'urban', '320404')")

    def tell(*states: Any) -> list[tuple[str, str]]:
        body = {"SubscribeNotificationListObject": {"SubscribeNotificationObject": [notice("n")]}}
        both = {**body, "APEStatusListObject": {"APEStatusObject": list(states)}}
        return statuses(city.ask("SubscribeNotifications", both, headers={"User-Identify": LIBRARY}))

    assert tell({"ApeID": "ape", "IsOnline": "1"}) == [("n", "0")]
    assert city.one("select presence from devices where device = 'ape'") == "online"
    assert tell({"ApeID": "ape"})[0] == ("n", "0")
    assert [about for about, _ in tell({"ApeID": "ape"})] == ["n", ""]


def test_without_a_feed_of_the_format_nothing_is_served(city: City) -> None:
    city.config = city.config.model_copy(
        update={"feeds": {name: feed for name, feed in city.config.feeds.items() if feed.format != "gat1400"}}
    )
    assert status(city.ask("System/Time")) == (404, "4", "")
    assert status(city.register())[:2] == (404, "4")


def test_a_notice_that_is_refused_costs_its_neighbours_nothing_and_has_its_own_status(city: City) -> None:
    city.register()
    old = notice("old", "19990101000000", SceneObjectList={"SceneObject": [{"DeviceID": "c", "ShotTime": "19990101000000"}]})
    answer = city.notify(notice("good"), {"NotificationID": "empty"}, old, "no notice", notice("good"), notice("better"))
    assert answer.status_code == 200
    assert statuses(answer) == [("good", "0"), ("empty", "4"), ("old", "8"), ("", "7"), ("good", "0"), ("better", "0")]
    assert city.one("select string_agg(external_id, ',' order by external_id) from reports") == "better,good"


def test_nothing_is_confirmed_that_is_not_stored(city: City) -> None:
    city.register()
    city.away = 1
    answer = city.notify(notice("1"), notice("2"))
    assert (answer.status_code, statuses(answer)) == (503, [("1", "2"), ("2", "2")])
    assert answer.headers["retry-after"]
    assert status(city.keepalive())[:2] == (503, "2")
    city.away = 0
    assert statuses(city.notify(notice("1"), notice("2"))) == [("1", "0"), ("2", "0")]


def test_what_cannot_be_read_is_refused_in_the_librarys_own_form_and_kept_without_persons(city: City) -> None:
    city.register()
    bearer = {"Authorization": f"Bearer {city.token}"}
    answer = city.ask("SubscribeNotifications", b'{"SubscribeNotificationListObject": {"Name": "\xe5\xbc\xa0', headers=bearer)
    assert status(answer) == (400, "7", "")
    assert city.one("select count(*) from rejected where feed = 'library'") == 1
    assert status(city.ask("System/Keepalive", {"KeepaliveObject": {}}, headers=bearer))[:2] == (422, "8")
    assert status(city.ask("Faces", {"FaceListObject": {}}, headers=bearer))[:2] == (404, "4")


def test_a_token_needs_no_registration(city: City) -> None:
    answer = city.notify(notice("t"), headers={"Authorization": f"Bearer {city.token}"})
    assert statuses(answer) == [("t", "0")]
    assert city.notify(notice("t"), headers={"Authorization": "Bearer no"}).status_code == 401


def test_the_time_is_told_to_anybody(city: City) -> None:
    assert city.ask("System/Time").json()["SystemTimeObject"]["LocalTime"] == "20261121120000"
