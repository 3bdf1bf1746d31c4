"""docs/images/README.md: every page with the pictures there are of it. Made from the files; pure."""

from collections.abc import Iterable

from shots.views import LANGUAGES, VIEWS, View

HEAD = """# Pictures of every page

Made by `make screenshots` from a demo with the shipped seed: names, places and figures are invented. A picture is called
`<page>-<size>-<theme>-<language>.webp`; screens higher than 768 lines are kept at that height.
`make screenshots PAGES="duty wall-water"` takes some of them anew; it fails, with a list, where a page has a console error, a request to
elsewhere, a text that is cut off, covered or too small, an empty panel, or a serious finding of axe-core.
"""


def index(files: Iterable[str]) -> str:
    """The page for the pictures that lie there."""
    there = set(files)
    parts = [HEAD]
    for view in VIEWS:
        if rows := [row for size in view.sizes if (row := _row(view, size, there))]:
            kinds = [f"{theme} {language}" for theme in view.themes for language in LANGUAGES]
            parts.append(f"## {view.name}\n\n`{view.path}`\n")
            parts.append("\n".join([f"| size | {' | '.join(kinds)} |", f"|---|{'---|' * len(kinds)}", *rows]) + "\n")
    return "\n".join(parts)


def _row(view: View, size: tuple[int, int], there: set[str]) -> str:
    width, height = size
    names = [f"{view.name}-{width}x{height}-{theme}-{language}.webp" for theme in view.themes for language in LANGUAGES]
    if not there & set(names):
        return ""
    return f"| {width}×{height} | {' | '.join(f'[see]({name})' if name in there else '–' for name in names)} |"
