"""Whose fault a silence is: the device's own, or that of the gateway it speaks through. Pure.

A gateway that is down rings once for itself; what is behind it is unknown, and rings only if it stays silent for a whole
patience after the gateway was heard again. Nothing waits for ever: whoever is inhibited is looked at again and again.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from core.facts import DueDevice, Gateway, KnownDevice

_AGAIN = timedelta(seconds=1)


def look_again(due: DueDevice, rings: Callable[[KnownDevice], bool], now: datetime, patience: timedelta) -> tuple[datetime, bool] | None:
    """None: the silence is the device's own. Else when to look again, and whether it is (still) laid to the gateway.

    `rings`: whether somebody is told when a device is silent; a gateway of which nobody would hear inhibits nobody.
    """
    gateway = due.gateway
    blamed = gateway if gateway is not None and rings(gateway.device) else None
    if blamed is not None and _is_down(blamed, due):
        return now + patience, True
    if blamed is not None and not due.offline and not blamed.silent and blamed.attention_at and not _was_heard_since(blamed, due):
        return max(blamed.attention_at, now) + _AGAIN, True  # its own patience is not over: nobody knows yet which of the two it is
    return (now + patience, False) if due.inhibited else None


def _is_down(gateway: Gateway, due: DueDevice) -> bool:
    """It said so and nothing came through it afterwards, or it is silent and nothing has come since the device should have spoken."""
    if gateway.offline_at is not None and (gateway.heard_at is None or gateway.heard_at <= gateway.offline_at + due.device.interval):
        return True
    return gateway.silent and not _was_heard_since(gateway, due)


def _was_heard_since(gateway: Gateway, due: DueDevice) -> bool:
    """Whatever speaks through a gateway proves that it lives, also one that has no values of its own."""
    return gateway.heard_at is not None and gateway.heard_at >= due.seen_at + due.device.interval
