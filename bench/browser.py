"""Reading → figure on the wall: one Chromium on /wall, a device whose value climbs, and a MutationObserver that notes when it shows.

The climbing value drives the greatest of a vital sign; the moment the DOM shows it less the moment it was published is the latency.
Both clocks are this machine's.
"""

import json
import time
from collections.abc import Sequence
from pathlib import Path
from threading import Thread
from typing import Any

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

from sim.mqtt import broker_of

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = (
    "--headless=new --no-sandbox --disable-gpu --use-angle=swiftshader --enable-unsafe-swiftshader --disable-quic --no-first-run"
    " --disable-background-networking --disable-component-update --disable-sync"
).split()
_FIRST, _STEP, _STEPS, _EVERY_S = 4.0, 0.1, 190, 0.3
_METRIC = "gas"
_READY_WITHIN_S = 60.0
_OBSERVE = """() => {
  window.benchSeen = [];
  const now = () => performance.timeOrigin + performance.now();
  const note = (data) => data?.figure && window.benchSeen.push([data.figure, Number(data.value), now()]);
  new MutationObserver((changes) => changes.forEach((change) => note(change.target.dataset)))
    .observe(document.body, {subtree: true, attributes: true, attributeFilter: ['data-value']});
}"""


def measure_wall(url: str, screen_token: str, mqtt_url: str, area: str) -> dict[str, Any]:
    """Latencies (ms) from publishing a value to the wall showing it, or why there are none (`skipped`).

    Values that a later one overtook before they were shown count with the moment the later one showed.
    """
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return {"skipped": "playwright is not installed"}
    if not CHROMIUM.exists():
        return {"skipped": f"{CHROMIUM} is not there"}
    sent: list[tuple[float, float]] = []
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        page = browser.new_page(viewport={"width": 1920, "height": 1080})
        page.goto(f"{url}/screen/{screen_token}")
        # Not wait_for_function: the page's CSP forbids eval, and that is how it polls.
        until = time.monotonic() + _READY_WITHIN_S
        while not page.evaluate("Boolean(window.yiping && window.yiping.ready)"):
            if time.monotonic() > until:
                return {"skipped": f"{page.url} ({page.title()}) was not ready within {_READY_WITHIN_S:.0f} s"}
            page.wait_for_timeout(250)
        page.evaluate(_OBSERVE)
        climber = Thread(target=_climb, args=(mqtt_url, area, sent), daemon=True)
        climber.start()
        while climber.is_alive():
            page.wait_for_timeout(500)
        page.wait_for_timeout(3000)
        seen = page.evaluate("window.benchSeen")
        state = page.evaluate("({sequence: window.yiping.sequence, connected: window.yiping.connected})")
        browser.close()
    return {**match(sent, seen), **state}


def _climb(mqtt_url: str, area: str, sent: list[tuple[float, float]]) -> None:
    broker = broker_of(mqtt_url)
    client = paho.Client(CallbackAPIVersion.VERSION2, client_id="bench-climber", protocol=paho.MQTTv311)
    client.username_pw_set(broker.username, broker.password)
    client.connect(broker.host, broker.port)
    client.loop_start()
    due = time.perf_counter()
    for step in range(_STEPS):
        value, stamp = round(_FIRST + step * _STEP, 1), time.time()
        body = json.dumps({"ts": int(stamp * 1000), "values": {_METRIC: value}})
        client.publish(f"city/{area}/emergency/bench-climber/telemetry", body, qos=1)
        sent.append((value, stamp * 1000))
        due += _EVERY_S
        time.sleep(max(0.0, due - time.perf_counter()))
    client.disconnect()
    client.loop_stop()


def match(sent: Sequence[tuple[float, float]], seen: Sequence[Sequence[Any]]) -> dict[str, Any]:
    """Latency of every value sent: when the figure first showed it or a later one. The figure is the one that fits best."""
    by_figure: dict[str, list[tuple[float, float]]] = {}
    for figure, value, at in seen:
        by_figure.setdefault(figure, []).append((value, at))
    values = {value for value, _ in sent}
    best = max(by_figure, key=lambda figure: sum(value in values for value, _ in by_figure[figure]), default="")
    shown = by_figure.get(best, [])
    if not any(value in values for value, _ in shown):
        return {"skipped": f"no figure showed the climbing value; figures seen: {', '.join(sorted(by_figure)) or 'none'}"}
    late, at_index = [], 0
    for value, stamp in sent:
        while at_index < len(shown) and shown[at_index][0] < value:
            at_index += 1
        if at_index < len(shown):
            late.append(shown[at_index][1] - stamp)
    return {"figure": best, "sent": len(sent), "late_ms": late}
