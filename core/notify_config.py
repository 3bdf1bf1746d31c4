"""Settings of telling people: the ways out of the house, how many messages somebody gets in a minute, and when nobody is rung. No target.

Addresses and secrets stand in the environment: `YIPING_NOTIFY_URL_`, `_KEY_` and `_SECRET_` and a channel's name in capitals.
"""

from datetime import time, timedelta
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator, model_validator

from core.escalation_config import SCREEN
from core.request_config import RequestConfig
from core.setting import Duration, Part

PROBE = "probe"  # the channel that proves the path (docs/operations.md)
HOTLINE = "hotline"  # the exchange with the 12345 platform (docs/hotline.md)
RESERVED = (SCREEN, PROBE, HOTLINE)
PERSONAL = frozenset({"smtp", "sms", "push"})  # these reach one person at a time, at an address of their own
ROBOTS = frozenset({"wecom", "dingtalk", "feishu"})
# What an SMS gateway's template may ask for.
SMS_WORDS = frozenset({"id", "phone", "text", "title", "severity", "seconds", "milliseconds", "at", "key", "secret", "signature",
                       "digest", "sorted"})  # fmt: skip
# Where browsers' push services live; an address elsewhere is not subscribed: this host would post to whatever it is told.
PUSH_SERVICES = ("fcm.googleapis.com", "updates.push.services.mozilla.com", "web.push.apple.com", "notify.windows.com")


class ReceiptsConfig(Part):
    """How a gateway's own receipts read: where the list stands, its fields, and what its words of state mean."""

    items: str = "receipts"  # dotted path; empty: the body is the list
    id: str = "id"
    state: str = "state"
    delivered: tuple[str, ...] = ("delivered",)
    read: tuple[str, ...] = ("read",)
    failed: tuple[str, ...] = ("failed",)


class ChannelConfig(Part):
    """A way out: `webhook` posts signed JSON to a gateway of the city, `wecom`, `dingtalk` and `feishu` are robots of a group, `smtp` sends
    mail, `sms` fills the template of a gateway's interface, `push` is Web Push, `log` only writes that it would have.

    Drills and simulated things leave the house only where the channel says so; on a desk they are marked.
    """

    kind: Literal["webhook", "wecom", "dingtalk", "feishu", "smtp", "sms", "push", "log"]
    label: str
    label_en: str
    timeout: Duration = timedelta(seconds=5)
    drill: bool = False
    simulated: bool = False
    a_minute: int | None = Field(None, ge=2, le=1000)  # less or more than the rest: a robot takes twenty
    language: Literal["zh", "en"] = "zh"  # of what goes to a group; people choose their own
    mention: bool = False  # robots: name the people it is for, by what is known of them there
    fallback: str | None = None  # the channel that tells who could not be told here
    sender: str = ""  # smtp: From
    security: Literal["starttls", "tls", "none"] = "starttls"  # smtp
    contact: str = ""  # push: mailto: or https: of who answers for this installation (RFC 8292)
    services: tuple[str, ...] = PUSH_SERVICES
    request: RequestConfig | None = None  # sms
    receipts: ReceiptsConfig = ReceiptsConfig()

    @property
    def is_personal(self) -> bool:
        """Whether each person is told apart from the others."""
        return self.kind in PERSONAL

    @model_validator(mode="after")
    def _says_what_its_kind_needs(self) -> "ChannelConfig":
        if self.kind == "smtp" and "@" not in self.sender:
            raise ValueError("mail needs a 'sender'; write 一屏 <yiping@city.example>")
        if self.kind == "push" and not self.contact.startswith(("mailto:", "https://")):
            raise ValueError("push needs a 'contact'; write mailto:yiping@city.example")
        if self.kind == "sms":
            if self.request is None:
                raise ValueError("sms needs a 'request': the template of the gateway's interface")
            if unknown := sorted(self.request.words() - SMS_WORDS):
                raise ValueError(f"'request' asks for {', '.join(unknown)}; there are {', '.join(sorted(SMS_WORDS))}")
        return self


class QuietConfig(Part):
    """Hours of the night in which people are not rung: what comes waits and is told at their end, as one. People may choose their own.

    What is as grave as `passes` rings at any hour; whoever is on shift is never quiet.
    """

    starts: time
    ends: time
    passes: int = Field(2, ge=1, le=5)


class CopyConfig(Part):
    """What is told on desks that also leaves the house: of these templates (`case_*` means all that begin so) and severities, to each of
    its people whom the channel can reach."""

    templates: tuple[Annotated[str, Field(pattern=r"^[a-z_]+\*?$")], ...] = Field(min_length=1)
    channels: tuple[str, ...] = Field(min_length=1)
    severity_at_most: int = Field(5, ge=1, le=5)

    def covers(self, template: str, severity: int) -> bool:
        """Whether a message is one of these."""
        named = any(template == name or (name.endswith("*") and template.startswith(name[:-1])) for name in self.templates)
        return named and severity <= self.severity_at_most


class NotifyConfig(Part):
    """More than `a_minute` messages to the same people in a minute become one summary that names all of them.

    A message that could not be delivered is tried again, later and later, and given up when it was refused `attempts` times; while the
    other side is down it is tried as long as that lasts.
    """

    channels: dict[str, ChannelConfig] = {}
    a_minute: int = Field(10, ge=2, le=1000)
    attempts: int = Field(30, ge=1, le=1000)
    quiet: QuietConfig | None = None
    copies: tuple[CopyConfig, ...] = ()

    def rate_of(self, channel: str) -> int:
        """How many parcels a minute the same people get by a channel."""
        known = self.channels.get(channel)
        return (known.a_minute if known else None) or self.a_minute

    @property
    def passes(self) -> int:
        """What rings in anybody's quiet hours: as grave as this."""
        return self.quiet.passes if self.quiet else QuietConfig.model_fields["passes"].default

    @field_validator("channels")
    @classmethod
    def _takes_no_reserved_name(cls, channels: dict[str, ChannelConfig]) -> dict[str, ChannelConfig]:
        if taken := [name for name in RESERVED if name in channels]:
            raise ValueError(f"'{taken[0]}' is a channel of the house: take another name")
        return channels

    @model_validator(mode="before")
    @classmethod
    def _leads_somewhere(cls, raw: Any) -> Any:
        """Fallbacks and copies name channels that are there, people can be told by, and that do not lead back."""
        channels = raw.get("channels") if isinstance(raw, dict) else None
        kinds = {str(name): part for name, part in channels.items() if isinstance(part, dict)} if isinstance(channels, dict) else {}
        for name in kinds:
            seen, step = [name], kinds[name].get("fallback")
            while step is not None:
                if step not in kinds:
                    raise ValueError(f"channel '{name}' falls back on '{step}', which is no channel")
                if step in seen:
                    raise ValueError(f"the fallback of channel '{name}' leads back to '{step}'")
                seen.append(step)
                step = kinds[step].get("fallback")
        for copy in (raw.get("copies") or ()) if isinstance(raw, dict) else ():
            for step in (copy.get("channels") or ()) if isinstance(copy, dict) else ():
                if kinds.get(step, {}).get("kind") not in PERSONAL:
                    raise ValueError(f"'copies' go by channels that reach people one by one; '{step}' is none of them")
        return raw
