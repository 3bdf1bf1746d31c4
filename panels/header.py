"""The wall's header: where and when we are, what the weather does, whether the picture is alive. Drawn once, filled by the stream."""

from dash import html
from dash.development.base_component import Component

from panels.frame import Page
from panels.parts import UNKNOWN, figure, marks


def header(page: Page, domain: str | None) -> Component:
    """Date, weather, title, badges, the stream's state with latency and age, and the clock of the server."""
    text, area = page.text, page.config.area
    titles = (area.title_en, area.title) if page.language == "en" else (area.title, area.title_en)
    suffix = f" · {text('domain.' + domain)}" if domain else ""
    return html.Header(
        [
            html.Div(
                [
                    html.Time(UNKNOWN, className="date", **marks({"data-slot": "date"})),
                    html.Span(
                        [figure("weather_temperature", unit="℃", kind="small-figure"), html.I(**marks({"data-slot": "weather-icon"}))],
                        className="weather",
                    ),
                    html.Span([html.Span(text("header.wind")), figure("weather_wind_speed", unit="m/s", kind="small-figure")]),
                    html.Span([html.Span("PM2.5"), figure("weather_pm25", unit="µg/m³", kind="small-figure")]),
                ],
                className="header-place",
            ),
            html.Div(
                [
                    html.H1([html.Span(titles[0]), html.Small(suffix) if suffix else None]),
                    html.P(titles[1], lang="zh" if page.language == "en" else "en"),
                ],
                className="header-title",
            ),
            html.Div(
                [
                    html.Span(className="badges", **marks({"data-slot": "badges"})),
                    html.Span(
                        [
                            html.I(className="dot"),
                            html.Span(text("link.connecting"), **marks({"data-slot": "link"})),
                        ],
                        className="link",
                        role="status",
                    ),
                    html.Span(
                        [html.Span(text("header.latency")), figure("latency_ms", unit="ms", kind="small-figure")], className="latency"
                    ),
                    html.Span([html.Span(text("header.age")), figure("data_age_s", unit="s", kind="small-figure")], className="latency"),
                    html.A("", className="theme-way", href="?", **marks({"data-slot": "theme-way"})),
                    html.Time("--:--:--", className="clock", **marks({"data-slot": "clock"})),
                ],
                className="header-state",
            ),
        ],
        className="wall-header",
        **marks({"data-panel": "header"}),
    )
