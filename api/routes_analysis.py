"""The calls about trends, rankings, hot spots, exceedances and theme pages: a part of the table in `api.routes`."""

from api import rest_analysis, rest_exceedances, rest_themes
from api.call import Route

ANALYSIS: tuple[Route, ...] = (
    Route("GET", "/trends/{subject}", "read", "Alerts, cases or complaints by a dimension, compared, with the way to their rows",
          rest_analysis.get_trends, rest_analysis.TRENDS_PARAMS),
    Route("GET", "/trends/{subject}/rows", "read", "The rows behind one of these counts", rest_analysis.list_rows,
          rest_analysis.ROWS_PARAMS),
    Route("GET", "/exceedances", "read", "Hours beyond a limit by device, limit, class, street, kind or time",
          rest_exceedances.get_exceedances, rest_exceedances.TALLY_PARAMS),
    Route("GET", "/exceedances/rows", "read", "The hours behind one of these counts", rest_exceedances.list_rows,
          rest_exceedances.ROWS_PARAMS),
    Route("GET", "/themes", "read", "The theme pages of the city", rest_themes.list_themes),
    Route("GET", "/themes/{name}", "read", "A theme: what each of its lists comes to, and the first rows", rest_themes.get_theme,
          rest_themes.THEME_PARAMS),
    Route("GET", "/themes/{name}/{list}", "read", "The rows of one list of a theme, the worst first", rest_themes.get_list,
          rest_themes.LIST_PARAMS),
)  # fmt: skip
