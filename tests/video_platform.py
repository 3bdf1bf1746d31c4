"""A city's video platform in small, for tests: HLS, a film, MJPEG and snapshots of one moving picture. Stands on loopback; judges nothing.

Nobody here can encode a film, but every Chromium can: the platform is handed one that a page recorded.
"""

import io
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from PIL import Image

from tests.present import ROOT

FRAME_S = 0.2
RECORD = """async () => {
  const canvas = document.createElement("canvas"), pen = canvas.getContext("2d");
  Object.assign(canvas, { width: 64, height: 48 });
  let n = 0;
  const drawing = setInterval(() => { pen.fillStyle = `hsl(${(n += 7) % 360} 80% 50%)`; pen.fillRect(0, 0, 64, 48); }, 40);
  const parts = [], recorder = new MediaRecorder(canvas.captureStream(25), { mimeType: "video/mp4;codecs=avc1.42E01E" });
  recorder.ondataavailable = (event) => parts.push(event.data);
  const ended = new Promise((done) => { recorder.onstop = done; });
  recorder.start(500);
  await new Promise((done) => setTimeout(done, 2500));
  recorder.stop();
  await ended;
  clearInterval(drawing);
  return [...new Uint8Array(await new Blob(parts).arrayBuffer())];
}"""


@dataclass(slots=True)
class VideoPlatform:
    """`film`: a fragmented MP4. `broken`: paths that answer 503 from now on."""

    url: str
    film: bytes = b""
    broken: set[str] = field(default_factory=set)


def fragments(film: bytes) -> tuple[bytes, list[bytes]]:
    """A fragmented MP4 as HLS wants it (RFC 8216, 3.3): what stands before the first `moof`, and each `moof` with what follows it."""
    starts, kinds, at = [], [], 0
    while at + 8 <= len(film):
        size, kind = struct.unpack(">I4s", film[at : at + 8])
        starts.append(at)
        kinds.append(kind)
        at += size
    cuts = [start for start, kind in zip(starts, kinds, strict=True) if kind == b"moof"]
    ends = [*cuts[1:], next((start for start, kind in zip(starts, kinds, strict=True) if kind == b"mfra"), len(film))]
    return film[: cuts[0]], [film[start:end] for start, end in zip(cuts, ends, strict=True)]


def playlist(parts: int, seconds: float) -> str:
    """A playlist that begins and ends; each segment lasts `seconds`."""
    lines = [
        "#EXTM3U",
        "#EXT-X-VERSION:7",
        f"#EXT-X-TARGETDURATION:{int(seconds) + 1}",
        "#EXT-X-PLAYLIST-TYPE:VOD",
        '#EXT-X-MAP:URI="init.mp4"',
    ]
    for number in range(parts):
        lines += [f"#EXTINF:{seconds:.3f},", f"{number}.m4s"]
    return "\n".join([*lines, "#EXT-X-ENDLIST", ""])


def frame(number: int) -> bytes:
    """A JPEG whose colour goes round."""
    held = io.BytesIO()
    Image.new("HSV", (64, 48), (number * 20 % 256, 200, 200)).convert("RGB").save(held, "JPEG")
    return held.getvalue()


@contextmanager
def video_platform() -> Iterator[VideoPlatform]:
    """A platform on a free port: /page, /live.m3u8, /film.mp4, /live.mjpg, /shot.jpg, and our assets under /assets/."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            if path in platform.broken:
                return self._answer(b"", "text/plain", 503)
            if path == "/live.mjpg":
                return self._endless()
            head, parts = fragments(platform.film) if platform.film else (b"", [])
            match path.rpartition(".")[0].strip("/"), path.rpartition(".")[2]:
                case "live", "m3u8":
                    self._answer(playlist(len(parts), 2.5 / max(1, len(parts))).encode(), "application/vnd.apple.mpegurl")
                case "init", "mp4":
                    self._answer(head, "video/mp4")
                case number, "m4s":
                    self._answer(parts[int(number)], "video/mp4")
                case "film", "mp4":
                    self._answer(platform.film, "video/mp4")
                case "shot", "jpg":
                    self._answer(frame(int(time.monotonic() / FRAME_S)), "image/jpeg")
                case _, "js":
                    self._answer((ROOT / path.strip("/")).read_bytes(), "text/javascript")
                case _:
                    self._answer(b"<!doctype html><title>page</title>", "text/html")
            return None

        def _answer(self, body: bytes, kind: str, status: int = 200) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def _endless(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
            self.end_headers()
            number = 0
            while not ended.is_set():
                body = frame(number := number + 1)
                try:
                    self.wfile.write(b"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n%s\r\n" % (len(body), body))
                except OSError:  # the tile was taken away
                    return
                ended.wait(FRAME_S)

        def log_message(self, *_: object) -> None:
            """Silence: tests print what matters."""

    ended = threading.Event()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    platform = VideoPlatform(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield platform
    finally:
        ended.set()
        server.shutdown()
        server.server_close()
        thread.join()
