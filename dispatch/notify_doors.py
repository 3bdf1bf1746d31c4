"""Which door a channel has: by its kind, what the environment says, and whether anything may leave this host. Opens nothing by itself."""

from core.notify_config import ROBOTS, ChannelConfig
from core.settings import Settings, notify_variable
from dispatch.notify_push import Keys, Push
from dispatch.notify_robots import Robot
from dispatch.notify_sms import Sms
from dispatch.notify_smtp import Smtp
from dispatch.notify_webhook import Door, Log, Unset, Webhook


def leaves(channel: ChannelConfig, settings: Settings) -> bool:
    """Whether anything leaves the host by this channel."""
    return not settings.notify_stub and channel.kind != "log"


def door_of(name: str, channel: ChannelConfig, settings: Settings, keys: Keys | None) -> Door:
    """The door of a channel. `keys`: of Web Push, where it leaves by that."""
    if not leaves(channel, settings):
        return Log(name)
    if channel.kind == "push":
        return Push(channel, keys) if keys else Unset("push keys")
    url, key, secret = (
        told.get(notify_variable(what, name), "")
        for what, told in (("url", settings.notify_urls), ("key", settings.notify_keys), ("secret", settings.notify_secrets))
    )
    if not url:
        return Unset(notify_variable("url", name))
    if channel.kind in ROBOTS:
        return Robot(channel, url, secret)
    if channel.kind == "smtp":
        return Smtp(channel, url, secret)
    if channel.kind == "sms":
        return Sms(channel, url, key, secret)
    return Webhook(url, secret, channel.timeout.total_seconds())
