"""Papers over HTTP: what was written and kept, as a page to print or as PDF, in the language asked for."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from api.call import Answer, Call, Param, read_params
from core.errors import Invalid, NotFound
from core.text import LANGUAGES, Text, load_texts
from dispatch.paper import from_plain, write_html
from dispatch.paper_pdf import find_fonts, write_pdf

PAPER_PARAMS = (Param("lang", "zh (unless given) or en"),)
_TEXTS = Path(__file__).resolve().parents[1] / "assets" / "i18n"


@cache
def texts() -> dict[str, Text]:
    """Every text by language, read once a process."""
    return load_texts(_TEXTS)


def answer_paper(call: Call, papers: Mapping[str, Any], made_at: datetime, name: str) -> Answer:
    """`paper.html` or `paper.pdf` of a paper kept by language. Raises `NotFound` for another file, `Invalid` for another language."""
    file, language = call.path["file"], read_params(PAPER_PARAMS, call.query).get("lang", LANGUAGES[0])
    if language not in papers:
        raise Invalid(f"lang: one of {', '.join(papers)}")
    paper, kept = from_plain(papers[language]), {"Cache-Control": "private, max-age=3600"}
    if file == "paper.html":
        return Answer(write_html(paper).encode(), headers=kept, media_type="text/html; charset=utf-8")
    if file == "paper.pdf":
        fonts = call.config.papers
        body = write_pdf(paper, find_fonts(fonts.regular, fonts.bold, fonts.face), made_at)
        shown_as = {"Content-Disposition": f'inline; filename="{name}-{language}.pdf"'}
        return Answer(body, headers={**kept, **shown_as}, media_type="application/pdf")
    raise NotFound(f"no file '{file}': there are paper.html and paper.pdf")
