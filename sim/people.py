"""Simulated staff at the real doors: they sign in, read what is open, and act over HTTP as themselves.

Never acts for the visitor's accounts: cases of the visitor's duty grid are left to them. What was finished on site is
mended in the city. Who does what when is `sim.habits`.
"""

import asyncio
import io
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx
from PIL import Image, ImageDraw

from sim import habits
from sim.chance import dice
from sim.city import City
from sim.gathering import Ordered, joinings
from sim.habits import Shape, Step
from sim.walks import Walks

_EVERY_S = 20.0
_PATHS = {"alert": "alerts", "report": "reports", "case": "cases"}
_GIVE_UP = frozenset({403, 404, 409, 412, 422})
_PER_ROUND = 40


@dataclass(slots=True)
class Person:
    """One who signs in; `client` keeps the session's cookies."""

    login: str
    password: str
    client: httpx.AsyncClient
    signed_in: bool = False

    async def sign_in(self) -> bool:
        answer = await self.client.post("/api/v1/session", json={"login": self.login, "password": self.password})
        self.signed_in = answer.status_code < 400 and "yiping_session" in self.client.cookies
        return self.signed_in

    async def post(self, path: str, **body: Any) -> httpx.Response | None:
        """An act as this person; signs in first, and again when the session ended."""
        for _ in range(2):
            if not self.signed_in and not await self.sign_in():
                return None
            headers = {"X-Yiping-Csrf": self.client.cookies.get("yiping_csrf") or ""}
            answer = await self.client.post(path, headers=headers, **body)
            if answer.status_code != 401:
                return answer
            self.signed_in = False
        return None


@dataclass(slots=True)
class Team:
    """All simulated staff of one platform; `share` of the items are taken up soon. Holds connections: close it."""

    cities: Sequence[City]
    url: str
    read_token: str
    people: Mapping[str, Any]  # sim-staff.json
    share: float = 0.8
    human_grid: str = ""
    told: Ordered | None = None  # a scenario that is played
    _limits: httpx.Limits = field(default_factory=lambda: httpx.Limits(max_connections=8, max_keepalive_connections=4))
    _persons: dict[str, Person] = field(default_factory=dict)
    _worker_of: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    _walks: Walks = field(default_factory=Walks)
    _refused: set[tuple[str, str, str]] = field(default_factory=set)
    _mended: set[str] = field(default_factory=set)
    done: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._worker_of = {worker["duty_grid"]: worker for worker in self.people.get("workers", [])}

    async def run(self) -> None:
        """Work for ever; a platform that is away is asked again later."""
        async with httpx.AsyncClient(base_url=self.url, timeout=20, headers={"Authorization": f"Bearer {self.read_token}"}) as reader:
            while True:
                try:
                    await self.round(reader)
                    await self._patrol(reader)
                except (httpx.HTTPError, ValueError, KeyError):
                    await asyncio.sleep(5)
                await asyncio.sleep(max(4.0, _EVERY_S / max(1.0, self.speed)))

    @property
    def speed(self) -> float:
        return self.cities[0].speed

    async def close(self) -> None:
        for person in self._persons.values():
            await person.client.aclose()

    async def round(self, reader: httpx.AsyncClient) -> None:
        """Read everything open once, and do what is due."""
        now = time.time()
        cases = await self._read(reader, "cases", "reported,accepted,registered,dispatched,handling,on_site,finished,checked")
        steps = [(self._worker(case), habits.worker_case(case, now - _epoch(case["updated_at"]), self.speed), case) for case in cases]
        steps += [(self._desk(case), habits.desk_case(case, now - _epoch(case["updated_at"]), self.speed), case) for case in cases]
        full = sum(case["duty_grid"] == self.human_grid for case in cases) >= habits.HUMAN_CASES
        alerts = await self._read(reader, "alerts", "unack,acked,rtn_unack")
        reports = await self._read(reader, "reports", "open,confirmed")
        await self._join(alerts, reports, now)
        for items, decide in ((alerts, habits.desk_alert), (reports, habits.desk_report)):
            for item in items:
                at = item.get("raised_at") or item["received_at"]
                steps.append((self._officer(item), decide(item, now - _epoch(at), self.share, self.speed), item))
        known = self._refused
        due = [(login, step, item) for login, step, item in steps if login and step and (step.noun, step.key, step.act) not in known]
        busy = {habits.subject(case) for case in cases}
        for login, wanted, item in due[:_PER_ROUND]:
            step = habits.at_hand(wanted, item, busy)
            busy |= {habits.subject(item)} if step.act == "open" else set()
            if not (step.act in ("open", "dispatch") and full and await self._is_visitors(reader, item)):
                await self._do(reader, login, step, item)
        for case in cases:
            if case["stage"] in ("finished", "checked"):
                await self._mend(reader, case)

    async def _join(self, alerts: list[Shape], reports: list[Shape], now: float) -> None:
        """The officer takes a scenario's signals for one thing; what was refused is not asked twice."""
        if self.told is None or now < self.told.began:
            return
        for one in joinings(alerts, (report for report in reports if _epoch(report["received_at"]) >= self.told.began), self.told):
            key = ("incident", str(one.other or 0), f"join {one.alerts} {one.reports}")
            if key in self._refused:
                continue
            body = {"act": "join", "alerts": one.alerts, "reports": one.reports, "note": f"同属“{self.told.label}”，并案处置"}
            answer = await self._person("duty02").post(f"/api/v1/incidents/{one.incident}/acts", json=body)
            if answer is not None and answer.status_code in _GIVE_UP:
                self._refused.add(key)
            elif answer is not None and answer.is_success:
                self.done["join"] = self.done.get("join", 0) + 1

    async def _read(self, reader: httpx.AsyncClient, noun: str, stages: str) -> list[Shape]:
        answer = await reader.get(f"/api/v1/{noun}", params={"stage": stages, "limit": 1000})
        answer.raise_for_status()
        found: list[Shape] = answer.json()[noun]
        return found

    async def _do(self, reader: httpx.AsyncClient, login: str, step: Step, item: Shape) -> None:
        person = self._person(login)
        if step.act == "open":
            answer = await person.post("/api/v1/cases", json={f"{step.noun}_id": int(step.key), "dispatch": True, "note": step.note})
        else:
            if step.act == "finish" and not await self._photograph(person, step.key):
                return
            body = {"act": step.act, "note": step.note, **dict(step.extra)}
            answer = await person.post(f"/api/v1/{_PATHS[step.noun]}/{step.key}/acts", json=body)
        if answer is None:
            return
        if answer.status_code in _GIVE_UP:
            self._refused.add((step.noun, step.key, step.act))
            if step.act == "open" and step.noun == "alert":
                await self._do(reader, login, Step("alert", step.key, "acknowledge", "已知悉，持续关注"), item)
        elif answer.is_success:
            self.done[step.act] = self.done.get(step.act, 0) + 1

    async def _photograph(self, person: Person, number: str) -> bool:
        picture = photo(f"{number}  {person.login}", datetime.now(UTC))
        answer = await person.post("/api/v1/media", params={"case": number, "role": "after"}, content=picture)
        return answer is not None and answer.is_success

    async def _mend(self, reader: httpx.AsyncClient, case: Shape) -> None:
        """The thing a finished case was about is put right in the city."""
        if case["number"] in self._mended or not case["alert_id"]:
            return
        answer = await reader.get(f"/api/v1/alerts/{case['alert_id']}")
        if answer.is_success:
            self._mended.add(case["number"])
            if device := answer.json().get("device"):
                for city in self.cities:
                    city.mend(device, time.time())

    async def _is_visitors(self, reader: httpx.AsyncClient, item: Shape) -> bool:
        """Whether a case about this would go to the visitor's own grid."""
        answer = await reader.get(f"/api/v1/cells/{item['cell_id']}")
        grid = answer.json().get("duty_grid") if answer.is_success else None
        return (grid.get("code") if isinstance(grid, dict) else grid) == self.human_grid

    def _worker(self, case: Shape) -> str:
        """Whom a case was given to by name; else somebody of the unit it was given to, else the grid's own worker."""
        if case["handler_id"] is not None:
            return str(self.people.get("accounts", {}).get(str(case["handler_id"]), ""))
        if case.get("lead_unit") is not None and (login := self.people.get("units", {}).get(str(case["lead_unit"]))):
            return str(login)
        worker = self._worker_of.get(case["duty_grid"] or "")
        return str(worker["name"]) if worker else ""

    async def _patrol(self, reader: httpx.AsyncClient) -> None:
        """Walk the patrols of simulated grids, a stop at a time."""
        for patrol in await self._read(reader, "patrols", "planned,under_way"):
            worker = self._worker_of.get(patrol["duty_grid"])
            if worker is None or not self._walks.is_due(patrol, time.time()):
                continue
            answer = await reader.get(f"/api/v1/patrols/{patrol['id']}")
            if answer.is_success and (fixes := self._walks.next_fixes(answer.json(), time.time())):
                await self._person(str(worker["name"])).post(f"/api/v1/patrols/{patrol['id']}/track", json={"fixes": fixes})

    def _desk(self, case: Shape) -> str:
        return "supervisor02" if case["stage"] in ("finished", "checked") else "duty02"

    def _officer(self, item: Shape) -> str:
        return "duty02" if int(item["id"]) % 3 else "duty03"

    def _person(self, login: str) -> Person:
        if login not in self._persons:
            known = self.people.get("staff", {}).get(login)
            known = known or next(one for one in (*self.people["workers"], *self.people.get("crew", ())) if one["name"] == login)
            client = httpx.AsyncClient(base_url=self.url, timeout=20, limits=self._limits)
            self._persons[login] = Person(login, known["password"], client)
        return self._persons[login]


def photo(caption: str, at: datetime) -> bytes:
    """A small invented picture of a street put in order: JPEG, 480 × 360, with what it is written on it."""
    roll = dice(caption)
    image = Image.new("RGB", (480, 360), (150 + roll.randrange(40), 170 + roll.randrange(40), 190 + roll.randrange(40)))
    draw = ImageDraw.Draw(image)
    for n in range(6):
        height = roll.randrange(60, 190)
        shade = roll.randrange(90, 150)
        draw.rectangle((n * 80, 230 - height, n * 80 + 74, 230), fill=(shade, shade - 8, shade - 14))
    draw.rectangle((0, 230, 480, 360), fill=(88, 90, 92))
    draw.line((0, 295, 480, 295), fill=(220, 220, 200), width=3)
    draw.text((10, 338), f"SIMULATED  {caption}  {at:%Y-%m-%d %H:%M:%SZ}", fill=(255, 255, 255))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=72)
    return out.getvalue()


def _epoch(stamp: str) -> float:
    return datetime.fromisoformat(stamp).timestamp()
