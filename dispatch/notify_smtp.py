"""Mail over SMTP with TLS: one connection a batch, one person a mail, so that one bad address delays no other. Decides no content.

Of the server's answers 4xx may pass and 5xx refuse for good (RFC 5321, 4.2.1); after one about the connection or the sender the rest waits.
"""

import hashlib
import smtplib
import ssl
from contextlib import suppress
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from urllib.parse import unquote, urlsplit

from core.notify_config import ChannelConfig
from dispatch.notify import SENT, Letter, Outcome, no_address

_CLOSING = 421


class Smtp:
    """The address is `smtp://user@host:587`. Connects when there is a mail to send and hangs up when the batch is over."""

    def __init__(self, channel: ChannelConfig, url: str, secret: str, trust: ssl.SSLContext | None = None) -> None:
        self._channel, self._secret = channel, secret
        self._at = urlsplit(url)
        self._trust = trust or ssl.create_default_context()
        self._server: smtplib.SMTP | None = None

    def close(self) -> None:
        self.rest()

    def rest(self) -> None:
        """Hang up: the batch is over."""
        server, self._server = self._server, None
        if server is not None:
            with suppress(smtplib.SMTPException, OSError):
                server.quit()
            server.close()

    def send(self, letter: Letter, now: datetime) -> Outcome:
        """To the first of its people, who is the only one. Never raises for what the other side does."""
        person = letter.to[0]
        if not is_address(person.mail):
            return no_address("no mail address")
        try:
            self._server = self._server or self._connect()
            self._server.send_message(write_mail(letter, self._channel.sender, now))
        except smtplib.SMTPRecipientsRefused as refused:
            code = next(iter(refused.recipients.values()))[0]
            self._reset()
            return self._refused(code, lasting=code >= 500)
        except smtplib.SMTPSenderRefused as refused:
            return self._lost(refused.smtp_code)
        except smtplib.SMTPDataError as refused:
            self._reset()
            return self._refused(refused.smtp_code, lasting=refused.smtp_code >= 500)
        except smtplib.SMTPResponseException as refused:
            return self._lost(refused.smtp_code)  # greeting, TLS or who we are: the same for everybody
        except (smtplib.SMTPException, OSError) as error:
            self.rest()
            return Outcome(False, type(error).__name__, is_down=True)
        return SENT

    def _connect(self) -> smtplib.SMTP:
        seconds, host = self._channel.timeout.total_seconds(), self._at.hostname or ""
        if self._channel.security == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(host, self._at.port or 465, timeout=seconds, context=self._trust)
        else:
            server = smtplib.SMTP(host, self._at.port or 587, timeout=seconds)
        try:
            if self._channel.security == "starttls":
                server.starttls(context=self._trust)
            if self._at.username:
                server.login(unquote(self._at.username), self._secret)
        except BaseException:
            server.close()
            raise
        return server

    def _refused(self, code: int, *, lasting: bool) -> Outcome:
        if code == _CLOSING:
            return self._lost(code)
        return Outcome(False, f"answered {code}", again=not lasting)

    def _lost(self, code: int) -> Outcome:
        self.rest()
        return Outcome(False, f"answered {code}", is_down=True)

    def _reset(self) -> None:
        """The next mail begins anew on the same connection, if it still stands."""
        if self._server is not None:
            try:
                self._server.rset()
            except (smtplib.SMTPException, OSError):
                self.rest()


def write_mail(letter: Letter, sender: str, now: datetime) -> EmailMessage:
    """A mail in the reader's language; its Message-ID is the same however often it is sent."""
    person, text = letter.to[0], letter.text(letter.to[0].language)
    mail = EmailMessage()
    name, address = parseaddr(sender)
    mail["From"] = Address(name, addr_spec=address)
    mail["To"] = Address(person.name, addr_spec=person.mail)
    mail["Subject"] = text.splitlines()[0][:150] if text else letter.id
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = f"<{hashlib.sha256(letter.id.encode()).hexdigest()[:40]}@{address.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail["Importance"] = "high" if letter.parcel.first.severity <= 2 else "normal"
    mail.set_content(text + "\n", cte="base64")  # nothing for a server of before 8BITMIME to spoil
    return mail


def is_address(text: str) -> bool:
    """Whether mail can be addressed to it, by every server: names and hosts beyond ASCII need an extension that few have."""
    try:
        address = Address(addr_spec=text)
    except (ValueError, MessageError, IndexError):  # what its parser raises for what it cannot read
        return False
    return text.isascii() and bool(address.username and address.domain) and not any(letter.isspace() or letter in ",;<>" for letter in text)
