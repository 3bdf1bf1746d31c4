"""SMS by a gateway's own HTTP interface, written as a template in the configuration. One number a request: a bad one delays no other."""

from datetime import datetime

from core.notify_config import ChannelConfig
from core.request_config import RequestConfig
from dispatch.http_out import Poster
from dispatch.http_request import of_moment, render
from dispatch.notify import Letter, Outcome, no_address


class Sms:
    """Holds connections: close it."""

    def __init__(self, channel: ChannelConfig, url: str, key: str, secret: str) -> None:
        assert channel.request is not None  # the configuration sees to it
        self._request: RequestConfig = channel.request
        self._url, self._key, self._secret = url, key, secret
        self._poster = Poster(channel.timeout.total_seconds())

    def close(self) -> None:
        self._poster.close()

    def rest(self) -> None:
        """Nothing to put away."""

    def send(self, letter: Letter, now: datetime) -> Outcome:
        """To the first of its people, who is the only one. Never raises for what the other side does."""
        person, first = letter.to[0], letter.parcel.first
        if not person.phone:
            return no_address("no telephone number")
        values = {
            **of_moment(now, self._key, self._secret), "id": letter.id, "phone": person.phone, "text": letter.text(person.language),
            "title": str(first.payload.get("title", "")), "severity": first.severity,
        }  # fmt: skip
        return self._poster.ask(render(self._request, self._url, values), self._request.answer)
