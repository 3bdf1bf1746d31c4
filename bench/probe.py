"""Publish → visible: a probe device speaks fifty times a second among the load, and a reader waits for its latest state.

What another connection can read is committed, so this is the latency a screen builds on. It includes the reader's own
polling, at most 3 ms.
"""

import json
import time
from threading import Event, Thread

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

from bench import database
from sim.mqtt import broker_of

DEVICE = "bench-probe"
_EVERY_S = 0.02
_POLL_S = 0.003
_TOPIC = f"city/320404001/environment/{DEVICE}/telemetry"


class Probe:
    """Runs beside a load. `latencies_ms` has one entry per probe that became visible; `unseen` those that did not."""

    def __init__(self, mqtt_url: str, database_url: str, metric: str) -> None:
        self._mqtt_url, self._database_url, self._metric = mqtt_url, database_url, metric
        self._stop = Event()
        self._sent: list[float] = []
        self._threads = [Thread(target=self._speak, daemon=True), Thread(target=self._watch, daemon=True)]
        self.latencies_ms: list[float] = []

    @property
    def unseen(self) -> int:
        return len(self._sent) - len(self.latencies_ms)

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def finish(self, wait_s: float = 5.0) -> None:
        """Stop speaking, wait for the last to be seen."""
        self._stop.set()
        self._threads[0].join()
        self._threads[1].join(wait_s + 5)

    def _speak(self) -> None:
        broker = broker_of(self._mqtt_url)
        client = paho.Client(CallbackAPIVersion.VERSION2, client_id="bench-probe", protocol=paho.MQTTv311)
        client.username_pw_set(broker.username, broker.password)
        client.connect(broker.host, broker.port)
        client.loop_start()
        due = time.perf_counter()
        while not self._stop.is_set():
            stamp_ms = time.time_ns() // 1_000_000
            client.publish(_TOPIC, json.dumps({"ts": stamp_ms, "values": {self._metric: 50.0}}), qos=1)
            self._sent.append(stamp_ms / 1000)
            due += _EVERY_S
            time.sleep(max(0.0, due - time.perf_counter()))
        time.sleep(0.3)
        client.disconnect()
        client.loop_stop()

    def _watch(self) -> None:
        seen, ended_at = 0, 0.0
        with database.connect(self._database_url) as connection:
            device: int | None = None
            while True:
                device = device or database.device_id(connection, DEVICE)
                latest = database.latest_at(connection, device) if device else None
                now = time.time()
                while latest is not None and seen < len(self._sent) and self._sent[seen] <= latest + 0.0005:
                    self.latencies_ms.append((now - self._sent[seen]) * 1000)
                    seen += 1
                if self._stop.is_set():
                    ended_at = ended_at or now
                    if seen >= len(self._sent) or now - ended_at > 5:
                        return
                time.sleep(_POLL_S)
