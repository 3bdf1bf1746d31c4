"""The words and codes of Chinese warning signals (CMA order 16 and what providers make of it): kind, colour, release, time.

Words win over codes: providers number the signals differently and provinces add signals of their own.
"""

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from core.errors import DecodeError
from ingest.decode.local_time import plain_time
from ingest.decode.source import clean, time_of

# Type in two digits and grade in two, as NMC, 彩云 and 腾讯 number them (01 to 06 sourced, the rest as 彩云 lists them).
KINDS = {"01": "台风", "02": "暴雨", "03": "暴雪", "04": "寒潮", "05": "大风", "06": "沙尘暴", "07": "高温", "08": "干旱", "09": "雷电",
         "10": "冰雹", "11": "霜冻", "12": "大雾", "13": "霾", "14": "道路结冰", "15": "森林火险", "16": "雷雨大风"}  # fmt: skip
GRADES = {"00": 5, "01": 4, "02": 3, "03": 2, "04": 1}
# A letter and a digit, as Guangdong writes them; digit 0 releases.
LETTERS = {"A": "台风", "B": "暴雨", "C": "高温", "D": "寒冷", "E": "大雾", "F": "灰霾", "G": "雷雨大风", "H": "道路结冰", "I": "冰雹",
           "J": "森林火险"}  # fmt: skip
DIGITS = {"1": 5, "2": 4, "3": 3, "4": 2, "5": 1}
NATIONAL = {"11B01": "台风"}
SIGNALS = ("雷雨大风", "森林火险", "道路结冰", "沙尘暴", "台风", "暴雨", "暴雪", "寒潮", "大风", "高温", "雷电", "冰雹", "霜冻", "大雾",
           "干旱", "低温", "寒冷", "灰霾", "霾")  # fmt: skip
# 白 and green are notices; black stands above red where it is used.
COLOURS = {"红": 1, "橙": 2, "黄": 3, "蓝": 4, "白": 5, "red": 1, "orange": 2, "yellow": 3, "blue": 4, "white": 5, "green": 5, "black": 1,
           "ⅳ": 4, "ⅲ": 3, "ⅱ": 2, "ⅰ": 1, "iv": 4, "iii": 3, "ii": 2, "i": 1, "四级": 4, "三级": 3, "二级": 2, "一级": 1}  # fmt: skip
RELEASED = frozenset("cancel cancelled canceled 解除 已解除 取消 预警解除 解除预警".split())

_NUMBERED = re.compile(r"\d{4}", re.ASCII)
_LETTERED = re.compile(r"[A-J][0-5]", re.ASCII)
_NAMED = re.compile(r"(?:发布|解除|更新|变更|升级|降级|确认)(?:为)?([^，。,色0-9年月日时分]{1,10}?)([红橙黄蓝白])色")
_COLOURED = re.compile(r"([红橙黄蓝白])色|\b(red|orange|yellow|blue|white)\b", re.IGNORECASE)
_RELEASE = re.compile(r"解除(?!.{0,40}(?:发布|降为|降级|变更为))")
_SECONDS_END = 1e11


def kind_of(code: object, name: object, title: str, text: str) -> str | None:
    """The signal's kind: what the wire names, else what the title says, else its code, else what the text mentions."""
    if isinstance(name, str) and (word := re.sub(r"(气象)?(灾害)?预警(信号)?$", "", name.strip())):
        return clean(word)[:40]
    if found := _NAMED.search(title) or _NAMED.search(text[:200]):
        return found[1]
    if known := next((signal for signal in SIGNALS if signal in title), None):
        return known
    word = code.strip().upper() if isinstance(code, str) else ""
    numbered = KINDS.get(word[:2]) if _NUMBERED.fullmatch(word) else LETTERS.get(word[:1]) if _LETTERED.fullmatch(word) else None
    return numbered or NATIONAL.get(word) or next((signal for signal in SIGNALS if signal in text[:200]), None)


def colour_of(colour: object, code: object, title: str, text: str) -> int | None:
    """Severity 1 (red, I) to 4 (blue, IV), 5 for white; None when nobody said it."""
    word = colour.strip().lower() if isinstance(colour, str) else ""
    if severity := COLOURS.get(word.removesuffix("预警").removesuffix("色")) or GRADES.get(word):
        return severity
    if found := _COLOURED.search(title):
        return COLOURS[(found[1] or found[2]).lower()]
    number = code.strip().upper() if isinstance(code, str) else ""
    if _NUMBERED.fullmatch(number) and number[2:] in GRADES and number[:2] in KINDS:
        return GRADES[number[2:]]
    if _LETTERED.fullmatch(number) and number[1] in DIGITS:
        return DIGITS[number[1]]
    found = _COLOURED.search(text[:200])
    return COLOURS[(found[1] or found[2]).lower()] if found else None


def released(state: object, code: object, title: str) -> bool:
    """Whether it says that a warning is over (解除): by its state, its code, or its title unless that names the next signal too."""
    if isinstance(state, str) and state.strip().lower() in RELEASED:
        return True
    word = code.strip().upper() if isinstance(code, str) else ""
    return (bool(_LETTERED.fullmatch(word)) and word[1] == "0") or bool(_RELEASE.search(title[:200]))


def time_of_stamp(stamp: object, zone: ZoneInfo) -> datetime | None:
    """Epoch seconds or milliseconds, ISO 8601, or local time without offset → UTC; None when nothing stands there.

    Raises `DecodeError`.
    """
    if stamp is None or stamp == "":
        return None
    if isinstance(stamp, str):
        text = stamp.strip()
        if text.isascii() and text.isdigit() and len(text) in (10, 13):
            stamp = int(text)
        else:
            try:
                at = plain_time(text)
            except ValueError as error:
                raise DecodeError(f"'{clean(text[:60])}' is no time") from error
            return at.replace(tzinfo=zone).astimezone(UTC) if at else time_of(text, zone)
    if isinstance(stamp, bool) or not isinstance(stamp, int | float):
        raise DecodeError(f"{type(stamp).__name__} is no time")
    return time_of(stamp if abs(stamp) >= _SECONDS_END else stamp * 1000, zone)
