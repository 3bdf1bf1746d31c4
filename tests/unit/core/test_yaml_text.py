"""YAML is read strictly: a key once, no aliases, no depths, and every refusal with its line."""

from pathlib import Path

import pytest
import yaml

from core.config import load
from core.errors import ConfigError
from core.rule_words import read_yaml_words
from core.yaml_text import problem_of, read
from story.script import read_script

LAUGHS = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n" for before, name in zip("abcdefg", "bcdefgh", strict=True)
)


def refusal(text: str) -> str:
    with pytest.raises(yaml.YAMLError) as caught:
        read(text)
    return str(problem_of(caught.value))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("rules:\n  a:\n    above: 1\n    above: 2\n", "line 4, column 5: rules.a.above stands twice, first in line 3"),
        ("- x: 1\n  x: 2\n", "line 2, column 3: 0.x stands twice"), ("{a: 1, a: 2}", "a stands twice"),
        ("&a\nx: *a\n", "line 1, column 1: anchors"), ("x: *a\n", "line 1, column 4: anchors"), ("[" * 5000, "nested more than 20 deep"),
        ("when: 2026-02-30\n", "day is out of range"), ('x: "\\ud800"\n', "x: has half of a letter"), ('x: "a\\0b"\n', "x: has a control"),
        ("x: .nan\n", "x: is no finite number"), ("x: [1\n", "not YAML"), ("x: " + "9" * 5000, "Exceeds the limit"),
    ],
)  # fmt: skip
def test_what_is_not_taken_is_refused_with_its_line(text: str, said: str) -> None:
    assert said in refusal(text)


def test_aliases_that_unfold_to_billions_are_refused_at_once() -> None:
    with pytest.raises(ConfigError, match="anchors"):
        read_yaml_words(LAUGHS)


def test_words_of_a_rule_are_64_kB_at_most() -> None:
    with pytest.raises(ConfigError, match="64 kB"):
        read_yaml_words("reason: " + "x" * 70_000)


def test_a_configuration_and_a_story_with_a_key_twice_are_refused_too(tmp_path: Path) -> None:
    file = tmp_path / "some.yaml"
    file.write_text("area:\n  code: '3204'\n  code: '3205'\n")
    for reads in (load, read_script):
        with pytest.raises(ConfigError, match=r"line 3, column 3: area.code stands twice"):
            reads(file)


def test_equal_keys_in_different_places_and_equal_words_of_different_kinds_are_two() -> None:
    assert read("a: {x: 1}\nb: {x: 2}\n1: one\n'1': text\n")[0] == {"a": {"x": 1}, "b": {"x": 2}, 1: "one", "1": "text"}


def test_a_word_a_story_does_not_know_is_told_with_what_was_probably_meant(tmp_path: Path) -> None:
    file = tmp_path / "some.yaml"
    file.write_text("story: x\nsteps:\n  - {at: 0s, expcet: {}, expect: {alrets: {}}}\n")
    with pytest.raises(ConfigError) as caught:
        read_script(file)
    assert "steps.0.expcet: unknown setting — did you mean 'expect'?" in str(caught.value)
    assert "steps.0.expect.alrets: unknown setting — did you mean 'alerts'?" in str(caught.value)
