"""Devices that pass a limit among the load, and a reader that waits for their alerts: reading published → alert committed.

What another connection can read is committed. It includes the reader's own polling, at most 5 ms. Both clocks are this machine's.
"""

import json
import time
from threading import Event, Thread

import paho.mqtt.client as paho
import psycopg
from paho.mqtt.enums import CallbackAPIVersion

from bench import database
from sim.mqtt import broker_of

_POLL_S = 0.005
_LAST_S = 10.0


class Ringers:
    """`rate` of the load's devices a second pass the limit, each once. `latencies_ms`: of those whose alert was seen."""

    def __init__(self, mqtt_url: str, database_url: str, metric: str, value: float, rate: float, first: int = 0) -> None:
        self._mqtt_url, self._database_url, self._metric, self._value = mqtt_url, database_url, metric, value
        self._every_s, self._first = 1 / rate, first
        self._stop = Event()
        self._sent: dict[str, float] = {}
        self._threads = [Thread(target=self._speak, daemon=True), Thread(target=self._watch, daemon=True)]
        self.latencies_ms: list[float] = []

    @property
    def unseen(self) -> int:
        return len(self._sent) - len(self.latencies_ms)

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def finish(self) -> None:
        self._stop.set()
        self._threads[0].join()
        self._threads[1].join(_LAST_S + 5)

    def _speak(self) -> None:
        broker = broker_of(self._mqtt_url)
        client = paho.Client(CallbackAPIVersion.VERSION2, client_id="bench-ringers", protocol=paho.MQTTv311)
        client.username_pw_set(broker.username, broker.password)
        client.connect(broker.host, broker.port)
        client.loop_start()
        due, number = time.perf_counter(), self._first
        while not self._stop.is_set():
            device, stamp = f"load-{number:06d}", time.time()
            # Later than what the load itself may be saying of this device at this moment.
            body = json.dumps({"ts": int(stamp * 1000) + 40, "values": {self._metric: self._value}})
            self._sent[f"{device}/{self._metric}"] = stamp
            client.publish(f"city/320404001/environment/{device}/telemetry", body, qos=1)
            number, due = number + 1, due + self._every_s
            time.sleep(max(0.0, due - time.perf_counter()))
        time.sleep(0.3)
        client.disconnect()
        client.loop_stop()

    def _watch(self) -> None:
        waiting, ended_at, last = set[str](), 0.0, 0
        with database.connect(self._database_url) as connection:
            while True:
                rows = _raised_after(connection, last)
                now = time.time()
                for alert_id, subject in rows:
                    last = max(last, alert_id)
                    if subject in self._sent and subject not in waiting:
                        waiting.add(subject)
                        self.latencies_ms.append((now - self._sent[subject]) * 1000)
                if self._stop.is_set():
                    ended_at = ended_at or now
                    if not self.unseen or now - ended_at > _LAST_S:
                        return
                time.sleep(_POLL_S)


def _raised_after(connection: psycopg.Connection[tuple[int, str]], last: int) -> list[tuple[int, str]]:
    """Alerts with a greater number; the few before it may have been committed after it, so they are asked for again."""
    query = "select alert_id, subject from alerts where alert_id > %s order by alert_id"
    return connection.execute(query, [last - 500]).fetchall()
