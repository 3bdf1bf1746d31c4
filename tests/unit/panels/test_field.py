"""The phone's page as a tree and a manifest: what robots and phones rely on is there, in both languages, and can be installed."""

import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from plotly.utils import PlotlyJSONEncoder

from core.config import Config
from core.model import Scope
from panels import field
from panels.frame import Page
from panels.headers import security_headers
from panels.text import load_texts

ASSETS = Path(__file__).resolve().parents[3] / "assets"
TEXTS = load_texts(ASSETS / "i18n")


def tree(config: Config, language: str) -> str:
    page = Page("/field", "", {}, TEXTS[language], config, Scope("grid_worker", ("320404",), 7, "w"))
    return json.dumps(field.view(page), cls=PlotlyJSONEncoder, ensure_ascii=False)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_has_a_view_and_a_way_for_each_and_no_key_without_words(config: Config, language: str) -> None:
    shown = tree(config, language)
    for name, _ in field.VIEWS:
        assert f'"data-panel": "{name}"' in shown
        assert f'"data-view": "{name}"' in shown
        assert f'"field.nav.{name}"' not in shown
    for panel in ("task", "outgoing"):
        assert f'"data-panel": "{panel}"' in shown


def test_the_phone_is_given_classes_and_no_rules(config: Config) -> None:
    page = Page("/field", "", {}, TEXTS["zh"], config, Scope("grid_worker", ("320404",), 7, "w"))
    given: dict[str, Any] = json.loads(json.loads(json.dumps(field.view(page), cls=PlotlyJSONEncoder))["props"]["data-config"])
    assert given["classes"].keys() == config.classes.keys()
    assert (given["account"], given["field"]["voice_seconds"]) == (7, config.field.voice_seconds)
    assert "rules" not in given


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_manifest_installs_a_standalone_page_with_icons_of_their_stated_sizes(config: Config, language: str) -> None:
    made = field.manifest(config, TEXTS[language])
    assert (made["start_url"], made["scope"], made["display"]) == ("/field", "/", "standalone")
    assert {"192x192", "512x512"} <= {icon["sizes"] for icon in made["icons"]}
    assert any(icon.get("purpose") == "maskable" for icon in made["icons"])
    for icon in made["icons"]:
        file = ASSETS / icon["src"].removeprefix("/assets/")
        if file.suffix == ".png":
            with Image.open(file) as picture:
                assert f"{picture.width}x{picture.height}" == icon["sizes"]
        else:
            assert file.read_text(encoding="utf-8").startswith("<svg")


def test_a_browser_may_use_camera_place_and_microphone_here() -> None:
    policy = security_headers("")["Permissions-Policy"]
    assert all(f"{name}=(self)" in policy for name in ("camera", "geolocation", "microphone"))


def test_both_languages_have_the_same_words() -> None:
    words = [json.loads((ASSETS / "i18n" / f"field-{language}.json").read_text(encoding="utf-8")) for language in ("zh", "en")]
    assert words[0].keys() == words[1].keys()
    assert all(value.strip() for language in words for value in language.values())
