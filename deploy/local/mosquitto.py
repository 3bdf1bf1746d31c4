"""A private Mosquitto with two accounts: `yiping` (the workers) and `feed` (who brings data in)."""

from __future__ import annotations

import socket
import subprocess
from pathlib import Path

from deploy.local.errors import SetupError
from deploy.local.process import as_service_user, own_file, own_folder
from deploy.local.secret import Secrets
from deploy.local.server import Server

WORKERS, FEED = "yiping", "feed"
# Where senders of the known formats publish (contract §2): the account `feed` may use these and no others.
FEED_TOPICS = (
    "city/#",
    "frigate/#",
    "spBv1.0/#",
    "zigbee2mqtt/#",
    "tele/#",
    "stat/#",
    "application/#",
    "v3/#",
    "v1/gateway/#",
)
# What may wait for a worker that is away: 10 minutes at 10,000/s with 170 bytes each. Counted per client.
QUEUE_BYTES = 1 << 30
# Twice what the feeds take (`ingest.max_payload`): what is too large shall be refused and counted by us, for a broker
# that refuses it cuts its sender off, again at every repetition, and nobody is told.
PACKET_BYTES = 8 << 20


class Mosquitto(Server):
    """The MQTT broker in `home`. Stopped it saves all it holds and loses nothing; killed, at most a second's worth.

    It listens once everything saved has been read back.
    """

    title, patience_s = "Mosquitto", 30.0

    def __init__(self, program: Path, passwd: Path, home: Path, port: int, secrets: Secrets, *, bound: bool = False) -> None:
        super().__init__(home, port, bound=bound)
        self._program = program
        self._passwd = passwd
        self._secrets = secrets

    @property
    def url(self) -> str:
        return f"mqtt://{WORKERS}:{self._secrets.mqtt}@127.0.0.1:{self.port}"

    @property
    def feed_url(self) -> str:
        return f"mqtt://{FEED}:{self._secrets.feed}@127.0.0.1:{self.port}"

    def _launch(self) -> None:
        own_folder(self._home)
        own_folder(self._home / "data")
        self._write_accounts()
        conf = own_file(self._home / "mosquitto.conf", self._configuration())
        self._process.launch([self._program, "-c", conf], log=self.log, as_user=as_service_user())

    def answers(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=2).close()
        except OSError:
            return False
        return True

    def terminate(self) -> None:
        self.stop()

    def _write_accounts(self) -> None:
        """Passwords (hashed by mosquitto_passwd in place, so that none is ever an argument) and rights."""
        accounts = own_file(self._home / "passwords", f"{WORKERS}:{self._secrets.mqtt}\n{FEED}:{self._secrets.feed}\n")
        made = subprocess.run([self._passwd, "-U", accounts], capture_output=True, text=True)
        if made.returncode != 0:
            raise SetupError(f"mosquitto_passwd refused {accounts}: {made.stderr.strip()}")
        own_file(accounts, accounts.read_text())
        rights = [f"user {WORKERS}", "topic readwrite #", "topic read $SYS/#", "", f"user {FEED}"]
        rights += [f"topic readwrite {topic}" for topic in FEED_TOPICS]
        own_file(self._home / "rights", "\n".join(rights) + "\n")

    def _configuration(self) -> str:
        addresses = ["127.0.0.1", "::1"] if _has_ipv6() else ["127.0.0.1"]
        return "".join(f"listener {self.port} {address}\n" for address in addresses) + (
            "allow_anonymous false\n"
            f"password_file {self._home}/passwords\n"
            f"acl_file {self._home}/rights\n"
            "persistence true\n"
            f"persistence_location {self._home}/data/\n"
            # The default, 1800 s, lost 20,000 of 20,000 messages at a kill; 1 s loses a second's worth.
            "autosave_interval 1\n"
            "max_queued_messages 0\n"
            f"max_queued_bytes {QUEUE_BYTES}\n"
            "sys_interval 2\n"  # how full the queues are, for the alarm at one half
            # For MQTT 3.1.1 clients, and what publishers may send ahead; MQTT 5 subscribers state their own.
            "max_inflight_messages 0\n"
            f"max_packet_size {PACKET_BYTES}\n"
            "persistent_client_expiration 7d\n"
            "set_tcp_nodelay true\n"
            "sys_interval 5\n"
            "log_dest stderr\n"
            "log_type error\nlog_type warning\nlog_type notice\n"
            "log_timestamp_format %Y-%m-%dT%H:%M:%S%z\n"
        )


def _has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True
