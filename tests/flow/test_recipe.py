"""The recipe of CONTRIBUTING for a new format, followed to the letter in a copy of the checkout: three files, and it is read."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NEEDED = (
    "core",
    "geodata",
    "ingest",
    "docs/protocols",
    "tests/conftest.py",
    "tests/present.py",
    "tests/unit/ingest/test_pages.py",
    "config.yaml",
    "pyproject.toml",
)


def test_the_recipe_for_a_format_needs_three_files_and_works(tmp_path: Path) -> None:
    for name in NEEDED:
        source, target = ROOT / name, tmp_path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(source, target) if source.is_dir() else shutil.copy(source, target)
    recipe = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    touched = write_files(recipe, tmp_path) | add_lines(recipe, tmp_path)
    assert len(touched) == 3, touched
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "tests/unit/ingest/test_pages.py", "-k", "lamps"],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(tmp_path), "PYTEST_ADDOPTS": ""}, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    assert re.search(r"\b2 passed", done.stdout), done.stdout[-500:]


def write_files(recipe: str, folder: Path) -> set[str]:
    """Every block behind `<!-- file: … -->`."""
    found = re.findall(r"<!-- file: (\S+) -->\n(`{3,})\w*\n(.*?)\n\2\n", recipe, re.DOTALL)
    for name, _, text in found:
        (folder / name).write_text(text + "\n", encoding="utf-8")
    return {name for name, _, _ in found}


def add_lines(recipe: str, folder: Path) -> set[str]:
    """The line for the table, and the import that it needs."""
    found = re.findall(r"<!-- line: (\S+): (\w+) -->\n```python\n(.*?)\n```", recipe, re.DOTALL)
    for name, table, line in found:
        text = (folder / name).read_text(encoding="utf-8")
        module = line.partition("_of(")[2].partition(")")[0]
        text = text.replace("from ingest.decode import (\n", f"from ingest.decode import (\n    {module},\n", 1)
        head = re.search(rf"^{table}: .*= {{\n", text, re.MULTILINE)
        assert head, f"{name} has no table {table}"
        text = text[: head.end()] + line + "\n" + text[head.end() :]
        (folder / name).write_text(text, encoding="utf-8")
    return {name for name, _, _ in found}
