"""Texts: complete in both languages, the same places to fill, and every key the wall uses exists."""

import json
import re
from pathlib import Path

import pytest

from panels.text import choose_language, load_texts

ROOT = Path(__file__).resolve().parents[3]
FOLDER = ROOT / "assets" / "i18n"
CHINESE = sorted([FOLDER / "zh.json", *FOLDER.glob("*-zh.json")])
# Keys that are put together at run time, by their beginning.
BUILT = ("stage.", "hold.", "feed.", "link.", "severity.", "domain.", "loop.", "kpi.", "badge.", "unit.", "air.")


def read(file: Path) -> dict[str, str]:
    return dict(json.loads(file.read_text(encoding="utf-8")))


@pytest.mark.parametrize("file", CHINESE, ids=lambda file: file.name)
def test_both_languages_have_the_same_keys_and_places_to_fill(file: Path) -> None:
    chinese, english = read(file), read(file.with_name(file.name.replace("zh", "en")))
    assert chinese.keys() == english.keys()
    for key, text in chinese.items():
        assert sorted(re.findall(r"\{\w+\}", text)) == sorted(re.findall(r"\{\w+\}", english[key])), key


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.json")), ids=lambda file: file.name)
def test_no_key_is_written_twice_where_the_later_would_win(file: Path) -> None:
    keys = [key for key, _ in json.loads(file.read_text(encoding="utf-8"), object_pairs_hook=list)]
    assert [key for key in set(keys) if keys.count(key) > 1] == []


def test_english_has_no_chinese_left() -> None:
    left = {key: text for key, text in read(FOLDER / "en.json").items() if re.search(r"[\u4e00-\u9fff]", text)}
    assert not left


def test_every_key_the_wall_names_is_written() -> None:
    known = load_texts(FOLDER)["zh"].texts
    wall = [ROOT / "assets" / name for name in ("map.js", "map-card.js", "map-marks.js", "live.js", "clock.js")]
    files = [*(ROOT / "assets").glob("wall*.js"), *wall, *(ROOT / "panels").glob("*.py")]
    named = {
        key
        for file in files
        for key in re.findall(r"""(?:\bt|\btext)\(\s*["']([a-z_]+(?:\.[a-z_0-9]+)+)["']""", file.read_text(encoding="utf-8"))
    }
    assert named
    assert not {key for key in named if key not in known}


def test_every_common_text_is_used() -> None:
    files = [*(ROOT / "assets").glob("*.js"), *(ROOT / "panels").glob("*.py"), *(ROOT / "maps").glob("*.py")]
    source = "\n".join(file.read_text(encoding="utf-8") for file in files)
    assert not [key for key in read(FOLDER / "zh.json") if key not in source and not key.startswith(BUILT)]


def test_every_stage_of_the_law_has_a_text() -> None:
    from alerts import lifecycle
    from dispatch import cases

    known = load_texts(FOLDER)["zh"].texts
    assert {f"stage.case.{stage}" for stage in cases.TABLE} <= known.keys()
    assert {f"stage.alert.{stage}" for stage in lifecycle.TABLE} <= known.keys()


def test_every_stage_has_a_text_on_the_pages_of_analysis() -> None:
    from alerts import lifecycle
    from dispatch import cases, reports

    known = read(FOLDER / "analysis-zh.json") | read(FOLDER / "trends-zh.json")
    source = (ROOT / "assets" / "analysis-behind.js").read_text(encoding="utf-8")
    [listed] = re.findall(r"^const STAGES = \{(.*)\};$", source, re.M)
    prefixes = dict(re.findall(r"(\w+): '([\w.]+)'", listed))
    tables = {"cases": cases.TABLE, "alerts": lifecycle.TABLE, "complaints": reports.TABLE}
    assert prefixes.keys() == tables.keys()
    assert {f"{prefixes[subject]}.{stage}" for subject, table in tables.items() for stage in table} <= known.keys()


def test_an_unknown_key_is_an_error_and_values_are_filled_in() -> None:
    text = load_texts(FOLDER)["en"]
    assert text("age.minutes", n=3) == "3 min ago"
    with pytest.raises(KeyError):
        text("no.such.key")


def test_two_files_may_not_write_the_same_key(tmp_path: Path) -> None:
    for name in ("zh.json", "duty-zh.json"):
        (tmp_path / name).write_text('{"a": "b"}', encoding="utf-8")
    with pytest.raises(ValueError, match="twice: a"):
        load_texts(tmp_path)


@pytest.mark.parametrize(
    ("query", "cookie", "language"),
    [(None, None, "zh"), ("en", None, "en"), (None, "en", "en"), ("zh", "en", "zh"), ("fr", "en", "en"), ("fr", None, "zh")],
)
def test_the_query_wins_over_the_cookie_and_chinese_is_the_rest(query: str | None, cookie: str | None, language: str) -> None:
    assert choose_language(query, cookie) == language
