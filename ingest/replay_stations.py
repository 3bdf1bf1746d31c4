"""What a station knows of answers: whether its packet is owed one, and when one is whole. Opens no wire: `replay_wires` does."""

import re

from core.errors import DecodeError
from core.model import Reason
from ingest.decode import hj212_packet, sl651_frame
from ingest.decode.sl651 import HEARTBEAT

_WANTS_ANSWER = re.compile(rb";Flag=(\d+);")


def expects_answer(form: str, payload: bytes) -> bool:
    """Whether a packet will be answered: one that is broken is not, nor an answer, a heartbeat of SL 651, a part before the last."""
    try:
        if form == "sl651":
            return _expects_sl651(sl651_frame.parse(payload))
        return hj212_packet.parse(payload).wants_answer
    except DecodeError as problem:
        flag = _WANTS_ANSWER.search(payload)
        return form == "hj212" and problem.reason is Reason.UNSUPPORTED and flag is not None and bool(int(flag[1]) & 1)


def _expects_sl651(packet: sl651_frame.Packet) -> bool:
    if packet.several:
        return packet.end == sl651_frame.ETX or packet.number == packet.total
    return not packet.down and packet.function != HEARTBEAT and packet.end in (sl651_frame.ETX, sl651_frame.ETB)


def is_answer(form: str, answer: bytes) -> bool:
    """Whether what came back so far holds a whole answer."""
    return bool(sl651_frame.split(answer)[0]) if form == "sl651" else answer.endswith(b"\n")
