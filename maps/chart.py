"""What all Plotly charts of desks have alike: the page's own letters, no ground of their own, greys that both themes can carry."""

from typing import Any

# Of assets/00-tokens.css: Plotly measures its words on a canvas, which knows no custom properties.
FONT = '"Barlow Semi Condensed", "Noto Sans CJK SC", "Source Han Sans SC", "Noto Sans SC", "PingFang SC", "Microsoft YaHei", sans-serif'
_INK, _GRID, _LINE = "#7387a0", "rgba(128,146,170,.22)", "rgba(128,146,170,.5)"


def layout(**own: Any) -> dict[str, Any]:
    """A Plotly layout; `own` adds to it and overrules it."""
    clear = "rgba(0,0,0,0)"
    return {"font": {"family": FONT}, "paper_bgcolor": clear, "plot_bgcolor": clear, "showlegend": False, **own}


def axis(**own: Any) -> dict[str, Any]:
    """A Plotly axis; `own` adds to it and overrules it."""
    grey = {"gridcolor": _GRID, "linecolor": _LINE, "tickfont": {"size": 12, "color": _INK}}
    return {**grey, "zeroline": False, "automargin": True, **own}
