"""Which areas a frame may speak for: those of its token, or the one its topic names. One rule for devices and reports of every wire.

A code lies within the bounds when it begins with one of them. So a topic may name the district of a device in one of its
streets; a street's topic speaks neither for its sister nor for what is known of the whole district only.
"""

from core.model import Frame

_PEER = "areas:"  # how the edge writes a token's areas into `Frame.peer`
_CITY = "city/"
NO_BOUNDS: tuple[str, ...] = ("",)  # a wire that names no area: it is bound by its own door


def bounds_of(frame: Frame) -> tuple[str, ...]:
    """Prefixes of area codes, for `str.startswith`; `NO_BOUNDS` where none is named."""
    if frame.peer.startswith(_PEER):
        return tuple(frame.peer.removeprefix(_PEER).split(","))
    if frame.topic.startswith(_CITY):
        return (frame.topic.split("/", 2)[1],)
    return NO_BOUNDS


def narrowed(area: str, bounds: tuple[str, ...]) -> str | None:
    """The area of something new that was found at `area` (`""`: nowhere): the area itself within the bounds; the first bound
    in it where the place is known more coarsely than its sender; None for an area that is not the sender's."""
    if area.startswith(bounds):
        return area
    return next((bound for bound in bounds if bound.startswith(area)), None)
