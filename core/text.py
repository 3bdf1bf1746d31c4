"""Every text people see, by key and language: `assets/i18n/zh.json`, `en.json` and one pair per surface (`duty-zh.json` …).

Python and JavaScript read the same files, so a text cannot differ between the page and what the stream writes into it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

LANGUAGES = ("zh", "en")
COOKIE = "yiping_lang"


@dataclass(frozen=True, slots=True)
class Text:
    """The texts of one language. `text("age.minutes", n=3)` fills `{n}`; an unknown key raises KeyError."""

    language: str
    texts: Mapping[str, str]

    def __call__(self, key: str, **values: object) -> str:
        text = self.texts[key]
        return text.format(**values) if values else text

    def label(self, thing: object) -> str:
        """The label of a part of the configuration (`label`, `label_en`) in this language."""
        chosen = getattr(thing, "label_en", "") if self.language == "en" else ""
        return str(chosen or getattr(thing, "label", ""))

    @property
    def html_lang(self) -> str:
        return "en" if self.language == "en" else "zh-CN"


def load_texts(folder: Path) -> dict[str, Text]:
    """Read all texts, `{language: Text}`. A key an English file lacks is shown in Chinese, never as a blank.

    Raises `ValueError` when two files of one language define the same key.
    """
    chinese = _merge(folder, "zh")
    return {"zh": Text("zh", chinese), "en": Text("en", {**chinese, **_merge(folder, "en")})}


def _merge(folder: Path, language: str) -> dict[str, str]:
    merged: dict[str, str] = {}
    for file in sorted([*folder.glob(f"{language}.json"), *folder.glob(f"*-{language}.json")]):
        texts = json.loads(file.read_text(encoding="utf-8"))
        twice = merged.keys() & texts.keys()
        if twice:
            raise ValueError(f"{file.name}: defined twice: {', '.join(sorted(twice))}")
        merged |= texts
    return merged


def choose_language(query: str | None, cookie: str | None) -> str:
    """`?lang=` first, then the cookie it left, then Chinese."""
    return next((wanted for wanted in (query, cookie) if wanted in LANGUAGES), "zh")
