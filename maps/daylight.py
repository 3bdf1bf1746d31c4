"""The map by day: the same style with a light ground. One table from each night colour to its day colour; what is not in it stays.

Classes of cells and severities keep their colours: they mean the same by day and by night.
"""

from typing import Any

from maps.style import NIGHT, WATER

DAY = {
    NIGHT: "#e9eef5",
    WATER: "#a8cdec",
    "#7fdcff": "#0d6ea8",  # the district's border
    "rgba(127,166,214,0.15)": "rgba(70,100,140,0.22)",
    "rgba(207,228,255,0.26)": "rgba(66,90,124,0.42)",
    "rgba(4,16,31,0.75)": "rgba(255,255,255,0.85)",
    "rgba(233,197,131,0.55)": "rgba(176,112,12,0.75)",
    "rgba(3,10,22,0.66)": "rgba(214,222,233,0.72)",
    "rgba(220,236,255,0.62)": "rgba(30,66,110,0.62)",
    "rgba(55,200,255,0.34)": "rgba(8,120,184,0.3)",
    "rgba(3,11,24,0.92)": "rgba(255,255,255,0.94)",  # what is behind names
    "rgba(201,217,238,0.72)": "#2f4664",
    "#6fa8dc": "#12558f",
    "#dbe8f8": "#223754",
    "#ffffff": "#0b1c33",
}


def in_daylight(part: Any) -> Any:
    """A style, or a part of one, with every night colour exchanged."""
    if isinstance(part, dict):
        return {name: in_daylight(value) for name, value in part.items()}
    if isinstance(part, (list, tuple)):
        return [in_daylight(value) for value in part]
    return DAY.get(part, part) if isinstance(part, str) else part
