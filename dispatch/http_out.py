"""The one HTTP client of what leaves the house: posts, reads a bounded answer, never follows. Decides nothing about content."""

from urllib.parse import urlsplit

import httpx

from core.request_config import AnswerConfig
from dispatch.http_request import Request, judge
from dispatch.notify import Outcome

_MOST = 65_536  # of an answer
_HOME = frozenset({"127.0.0.1", "::1", "localhost"})


class Poster:
    """Holds connections: close it. No proxies of the environment and no redirects: what is told of the city goes where the city said."""

    def __init__(self, timeout_s: float) -> None:
        self._client = httpx.Client(timeout=timeout_s, follow_redirects=False, trust_env=False)

    def close(self) -> None:
        self._client.close()

    def ask(self, request: Request, answer: AnswerConfig) -> Outcome:
        """Send one request and judge its answer. Never raises for what the other side does."""
        try:
            status, content = self.exchange(request)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return Outcome(False, type(error).__name__, is_down=True)  # its words may hold the address, and with it a key
        return judge(status, content, answer)

    def exchange(self, request: Request) -> tuple[int, bytes]:
        """Status and the beginning of the answer. Raises `httpx.HTTPError`."""
        headers = {"User-Agent": "yiping", **request.headers}
        content = bytearray()
        with self._client.stream(request.method, request.url, content=request.content, headers=headers) as response:
            for piece in response.iter_bytes():
                content += piece
                if len(content) > _MOST:
                    break
            return response.status_code, bytes(content[:_MOST])


def stays_home(url: str) -> bool:
    """Whether an address is of this host alone."""
    return urlsplit(url).hostname in _HOME
