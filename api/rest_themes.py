"""Theme pages over HTTP: which there are for a reader, what each list comes to, and the rows of a list.

Who may open a theme says the theme, else whoever may open analysis; a reader who may not is told so, not shown an empty page.
"""

from typing import Any

from api.call import Answer, Call, Param, read_id_cursor, read_params, write_cursor
from api.rest_metrics import metrics_of
from core.errors import Invalid, NotAllowed, NotFound
from core.theme_config import ThemeConfig, ThemeListConfig
from store import themes

_FIRST = 6  # rows of each list on the page
_MOST = 500
THEME_PARAMS = (Param("rows", f"rows of each list, {_FIRST} unless given, at most 50", "integer"),)
LIST_PARAMS = (
    Param("limit", f"rows, at most {_MOST}, 100 unless given", "integer"),
    Param("next", "where the last page ended, as its `next` said"),
)


def may_open(call: Call, name: str) -> bool:
    """As the page: the nearest module of the menu says for whom it is, a theme's own roles being one. A token is of no role."""
    module = call.config.module_of(f"/analysis/themes/{name}")
    return module is None or (not module.off and (module.roles is None or call.scope.role in module.roles))


def list_themes(call: Call) -> Answer:
    """The themes a reader may open, in the order of the configuration."""
    found = {name: theme for name, theme in call.config.themes.items() if may_open(call, name)}
    return Answer({"themes": [{"name": name, **_words(theme)} for name, theme in found.items()]})


def _words(theme: ThemeConfig) -> dict[str, Any]:
    return {
        **{name: getattr(theme, name) for name in ("label", "label_en", "icon", "about", "about_en")},
        "lists": len(theme.lists), "planned": sum(1 for one in theme.lists.values() if one.planned),
    }  # fmt: skip


def get_theme(call: Call) -> Answer:
    """A theme with what each of its lists comes to and its first rows."""
    wanted = read_params(THEME_PARAMS, call.query)
    first = wanted.get("rows", _FIRST)
    if not 0 < first <= 50:
        raise Invalid("rows: 1 to 50")
    theme = _find(call)
    lists = [{"list": name, **_told(call, theme, one, first, 0)} for name, one in theme.lists.items()]
    body = {"name": call.path["name"], **_words(theme), "as_of": call.now, "areas": theme.areas, "indicators": theme.indicators,
            "classes": theme.all_classes, "metrics": theme.all_metrics, "lists": lists}  # fmt: skip
    return Answer(body)


def get_list(call: Call) -> Answer:
    """The rows of one list."""
    wanted = read_params(LIST_PARAMS, call.query)
    limit, offset = wanted.get("limit", 100), max(0, read_id_cursor(wanted.get("next")) or 0)
    if not 0 < limit <= _MOST:
        raise Invalid(f"limit: 1 to {_MOST}")
    theme = _find(call)
    if call.path["list"] not in theme.lists:
        raise NotFound(f"there are the lists {', '.join(theme.lists)}")
    told = _told(call, theme, theme.lists[call.path["list"]], limit, offset)
    end = offset + len(told["rows"])
    body = {"list": call.path["list"], **told, "next": write_cursor(end) if len(told["rows"]) >= limit and end < (told["n"] or 0) else None}
    return Answer(body if offset else {**body, "count": told["n"] or 0})


def _find(call: Call) -> ThemeConfig:
    theme = call.config.themes.get(call.path["name"])
    if theme is None:
        raise NotFound(f"no theme is called '{call.path['name']}'; there are {', '.join(call.config.themes) or 'none'}")
    if not may_open(call, call.path["name"]):
        raise NotAllowed(f"'{theme.label}' is not for {call.scope.role}")
    return theme


def _told(call: Call, theme: ThemeConfig, one: ThemeListConfig, limit: int, offset: int) -> dict[str, Any]:
    words = {name: getattr(one, name) for name in ("label", "label_en", "of", "planned", "planned_en")}
    if one.of is None:
        return {**words, "n": None, "worst": None, "quiet": None, "rows": []}
    metrics = [*one.metrics, *(name for tag in one.water for name in metrics_of(call, tag) or ())]
    if one.water and not metrics:
        return {**words, "n": 0, "worst": None, "quiet": 0, "rows": []}
    found = themes.list_rows(call.connection, call.scope, one, theme.areas, metrics, limit=limit, offset=offset)
    return {**words, "n": found.n, "worst": found.worst, "quiet": found.quiet, "rows": found.rows}
