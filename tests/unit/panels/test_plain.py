"""Pages without Dash's renderer: the same tree as HTML, nothing in it that a browser would read as more than words."""

from pathlib import Path

import pytest
from dash import dcc, html

from core.config import Config
from core.model import Scope
from panels import field, plain, wall
from panels.frame import DOMAINS, ROUTES, Page
from panels.parts import marks
from panels.text import load_texts

ASSETS = Path(__file__).resolve().parents[3] / "assets"
TEXTS = load_texts(ASSETS / "i18n")


def test_a_tree_is_written_as_react_writes_it() -> None:
    drawn = html.Div(
        [html.Label("名", htmlFor="a"), html.Img(src="x.png", alt="a\"b"), None, html.P([1, " < ", html.B("2")])],
        className="one", hidden=True, **marks({"data-slot": "one", "aria-live": "polite"}),
    )  # fmt: skip
    told = plain.html_of(drawn)
    assert told.startswith("<div ")
    assert set(told[5 : told.index(">")].split()) == {'class="one"', "hidden", 'data-slot="one"', 'aria-live="polite"'}
    assert '<label for="a">名</label><img ' in told
    assert told.endswith("<p>1 &lt; <b>2</b></p></div>")


def test_words_never_become_markup() -> None:
    told = plain.html_of(html.P("</p><script>", **marks({"data-config": '{"name": "\'><b>"}'})))
    assert told == '<p data-config="{&quot;name&quot;: &quot;&#x27;&gt;&lt;b&gt;&quot;}">&lt;/p&gt;&lt;script&gt;</p>'


@pytest.mark.parametrize("drawn", [dcc.Link("x", href="/"), html.Div(style={"color": "red"}), object()])
def test_what_a_browser_cannot_show_without_dash_or_may_not_is_refused(drawn: object) -> None:
    with pytest.raises(TypeError):
        plain.html_of(drawn)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_phones_page_is_drawn_whole_and_its_icons_are_known_to_its_sheet(config: Config, language: str) -> None:
    page = Page("/field", "", {}, TEXTS[language], config, Scope("grid_worker", ("320404",), 7, "w"))
    told = plain.html_of(field.view(page))
    sheet = (ASSETS / "field-frame.css").read_text(encoding="utf-8")
    for name in ("chevron-left", *(symbol for _, symbol in field.VIEWS)):
        assert f"icon-{name}" in told
        assert f'.icon-{name} {{ --icon: url("/assets/vendor/icons/{name}.svg"); }}' in sheet
        assert (ASSETS / "vendor" / "icons" / f"{name}.svg").exists()


def test_a_module_is_named_with_all_it_imports_at_once_and_each_is_there() -> None:
    names = plain.modules_of(ASSETS, ROUTES["/field"].plain)
    assert {"field.js", "field-task.js", "duty-dom.js", "text.js", "state.js"} <= set(names)
    assert len(names) == len(set(names))
    assert "vendor/maplibre-gl.mjs" not in names
    assert all((ASSETS / name).exists() for name in names)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("rest", ["", *DOMAINS])
def test_a_wall_needs_no_renderer_and_all_its_modules_are_told_at_once(config: Config, rest: str, language: str) -> None:
    page = Page("/wall", rest, {}, TEXTS[language], config, Scope("wall", ("320404",)))
    assert plain.html_of(wall.view(page)).count("data-panel=") == 14
    names = plain.modules_of(ASSETS, ROUTES["/wall"].plain)
    assert {"wall.js", "map.js", "live.js", "state.js", "wall-trend.js"} <= set(names)
    assert all((ASSETS / name).exists() for name in names)
