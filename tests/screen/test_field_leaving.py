"""What a phone keeps of the server, and what leaves it, run by Node: kept pictures, the session's end, the ways to map apps in their datums."""

from random import Random

import pytest

from geodata.datums import wgs84_to_bd09, wgs84_to_gcj02
from tests.in_node import ASSETS, modules

run = modules({"nav": "field-nav.js"})
SHELVES = f"""
const shelves = new Map();
globalThis.caches = {{
  open: async name => {{
    if (!shelves.has(name)) shelves.set(name, new Map());
    const shelf = shelves.get(name);
    return {{ match: async one => shelf.get(one.url)?.clone(), put: async (one, answer) => shelf.set(one.url, answer), delete: async one => shelf.delete(one.url), keys: async () => [...shelf.keys()].map(url => ({{ url }})) }};
  }},
  keys: async () => [...shelves.keys()], delete: async name => shelves.delete(name),
}};
const assets = "{ASSETS}";
"""


def test_a_picture_is_the_servers_to_show_and_what_it_refuses_leaves_the_phone() -> None:
    told = run(
        SHELVES
        + """
      const heard = {}; let next = null;
      globalThis.location = { origin: "http://x" }; globalThis.self = { addEventListener: (name, go) => { heard[name] = go; } };
      globalThis.fetch = async () => { if (!next) throw new TypeError("offline"); return new Response(`server ${next}`, { status: next }); };
      await import(`${assets}/field-worker.js`);
      const look = async status => { next = status; let given = null; heard.fetch({ request: new Request("http://x/api/v1/media/1"), respondWith: answer => { given = answer; } }); return given.then(async answer => [answer.status, await answer.text()], () => "offline"); };
      const told = []; for (const status of [200, 0, 503, 403, 0]) told.push(await look(status));
      say(told)"""
    )
    assert told == [[200, "server 200"], [200, "server 200"], [200, "server 200"], [403, "server 403"], "offline"]


def test_who_leaves_takes_the_kept_pages_and_the_push_along_before_the_session_ends() -> None:
    told = run(
        SHELVES
        + """
      const memory = {}, asked = [], gone = [];
      globalThis.localStorage = { getItem: name => memory[name] ?? null, setItem: (name, value) => { memory[name] = value; }, removeItem: name => { delete memory[name]; } };
      globalThis.document = { cookie: "" }; globalThis.location = { assign: to => gone.push(to) };
      globalThis.fetch = async (to, { body }) => { asked.push([to, body ? JSON.parse(body).act : null, shelves.size]); return new Response("{}", { headers: { "Content-Type": "application/json" } }); };
      globalThis.isSecureContext = true; globalThis.window = { PushManager: 1 }; globalThis.Notification = { permission: "granted" };
      let subscription = { endpoint: "https://push/1", unsubscribe: async () => { subscription = null; } };
      Object.defineProperty(globalThis, "navigator", { value: { language: "zh", serviceWorker: { getRegistration: async () => ({ pushManager: { getSubscription: async () => subscription } }) } } });
      for (const name of ["yiping-field-2", "yiping-field-photos-2"]) await caches.open(name);
      const { pushState } = await import(`${assets}/field-push.js`), { leave } = await import(`${assets}/duty-head.js`);
      memory["yiping.field.push"] = "7"; const states = [await pushState(7), await pushState(8)];
      await leave();
      say({ states, asked: asked.map(one => one.slice(0, 2)), shelves: shelves.size, subscription, owner: memory["yiping.field.push"] ?? null, gone })"""
    )
    assert told["states"] == ["on", "off"], "another's subscription is none of mine"
    assert told["asked"] == [["/api/v1/push", "unsubscribe"], ["/logout", None]]
    assert (told["shelves"], told["subscription"], told["owner"], told["gone"]) == (0, None, None, ["/login"])


def test_every_map_app_gets_the_datum_it_speaks() -> None:
    random = Random(5)
    points = [(random.uniform(60, 150), random.uniform(0, 60)) for _ in range(200)] + [(119.95, 31.78)]
    told = run("say(points.map(([x, y]) => [nav.toGcj02(x, y), nav.toBd09(x, y)]))", points=points)
    for (lon, lat), (gcj02, bd09) in zip(points, told, strict=True):
        assert gcj02 == pytest.approx(wgs84_to_gcj02(lon, lat), abs=1e-9)
        assert bd09 == pytest.approx(wgs84_to_bd09(lon, lat), abs=1e-9)
    place = {"lon": 119.95, "lat": 31.78, "name": "怀德路"}
    ways = run(
        'say(["Android", "iPhone"].map(agent => ["amap", "baidu", "tencent", "system"].map(app => nav.wayTo(app, place, agent))))',
        place=place,
    )
    (x, y), (u, v) = wgs84_to_gcj02(119.95, 31.78), wgs84_to_bd09(119.95, 31.78)
    for android in ways:
        assert f"dlat={y:.6f}&dlon={x:.6f}" in android[0]
        assert f"{v:.6f},{u:.6f}&coord_type=bd09ll" in android[1]
        assert f"tocoord={y:.6f},{x:.6f}" in android[2]
    assert ways[0][3].startswith("geo:31.780000,119.950000?q=31.780000,119.950000(")
    assert ways[1][0].startswith("iosamap://")
