"""Gateways of others on loopback: an HTTP one that answers as it is told, and a mail server with and without TLS. They only listen and remember."""

import json
import socket
import socketserver
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass(frozen=True)
class Heard:
    """One request as it came."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def form(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(self.body.decode()).items()}


@dataclass
class HttpGateway:
    """`answer` decides from a request what is answered: a status and a JSON body."""

    answer: Callable[[Heard], tuple[int, Any]] = lambda heard: (200, {})
    heard: list[Heard] = field(default_factory=list)
    url: str = ""


@contextmanager
def http_gateway(answer: Callable[[Heard], tuple[int, Any]] = lambda heard: (200, {})) -> Iterator[HttpGateway]:
    """Listens until the block ends."""
    gateway = HttpGateway(answer)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            where = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(where.query).items()}
            headers = {name.lower(): value for name, value in self.headers.items()}
            heard = Heard(self.command, where.path, query, headers, self.rfile.read(int(self.headers.get("Content-Length") or 0)))
            gateway.heard.append(heard)
            status, body = gateway.answer(heard)
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_PUT = do_POST  # noqa: N815 the server's own names

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    gateway.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield gateway
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass
class MailServer:
    """`refused`: what RCPT TO answers for an address; `connections` counts those who came."""

    refused: dict[str, int] = field(default_factory=dict)
    mails: list[tuple[str, str]] = field(default_factory=list)
    connections: int = 0
    encrypted: int = 0
    logins: list[str] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"


@contextmanager
def mail_server(tls: ssl.SSLContext | None = None) -> Iterator[MailServer]:
    """Speaks as much of RFC 5321 as it takes to be sent mail; STARTTLS when it has a certificate."""
    told = MailServer()

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            told.connections += 1
            with suppress(OSError):  # the client hung up: it did not like what it saw
                self.request.sendall(b"220 test\r\n")
                self.talk(self.request)

        def talk(self, line: socket.socket) -> None:
            with line.makefile("rb") as reader:
                to = ""
                while word := reader.readline().decode().rstrip("\r\n"):
                    if word.upper() == "STARTTLS" and tls:
                        line.sendall(b"220 go\r\n")
                        with tls.wrap_socket(line, server_side=True) as safe:
                            told.encrypted += 1
                            self.talk(safe)
                        return
                    if word.upper().startswith("RCPT"):
                        to = word.partition("<")[2].partition(">")[0]
                    line.sendall(f"{self.answer(word, to)}\r\n".encode())
                    if word.upper() == "DATA":
                        told.mails.append((to, b"".join(iter(reader.readline, b".\r\n")).decode()))
                        line.sendall(b"250 taken\r\n")
                    if word.upper() == "QUIT":
                        return

        def answer(self, word: str, to: str) -> str:
            match word[:4].upper():
                case "EHLO":
                    return "250-test\r\n250-STARTTLS\r\n250 AUTH PLAIN" if tls else "250-test\r\n250 AUTH PLAIN"
                case "AUTH":
                    told.logins.append(word)
                    return "235 ok"
                case "RCPT":
                    return f"{told.refused.get(to, 250)} {to}"
                case "DATA":
                    return "354 go on"
                case "QUIT":
                    return "221 bye"
            return "250 ok"

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = daemon_threads = True

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    told.port = server.server_address[1]
    try:
        yield told
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def certificate(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Of 127.0.0.1, made for one test: the server's context, and one that trusts it and nobody else."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
    made = made.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    signed = made.add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False).sign(
        key, hashes.SHA256()
    )
    pem = signed.public_bytes(serialization.Encoding.PEM)
    file = folder / "test.pem"
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file.write_bytes(pem + private)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(file)
    return server, ssl.create_default_context(cadata=pem.decode())
