"""Which pictures there are: each page as its own people open it, with the sizes it is made for. Data; opens nothing.

A new page gets a line here (tests/unit/shots/test_views.py asks for it). `{incident}` and its like are filled from the demo itself.
"""

from dataclasses import dataclass

WALLS = ((1366, 768), (1180, 820), (1920, 1080), (3840, 2160), (5760, 1080), (7680, 2160))
DESKS = ((1366, 768), (1920, 1080))
TABLETS = ((1180, 820), *DESKS)
PHONES = ((390, 844), (360, 640))
DOORS = ((390, 844), (1366, 768))
BOTH = ("dark", "light")
LANGUAGES = ("zh", "en")
THEMES = ("park", "chemicals", "mines", "sea", "water", "parking", "scenic")


@dataclass(frozen=True, slots=True)
class View:
    """A page to take: `role` opens it (empty: nobody). `clicks` are pressed in order first (CSS).

    `grows`: the type grows with the height of the screen, so larger screens are judged in proportion and kept at the size of a smaller.
    """

    name: str
    path: str
    role: str
    sizes: tuple[tuple[int, int], ...] = DESKS
    themes: tuple[str, ...] = BOTH
    clicks: tuple[str, ...] = ()
    grows: bool = False


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture."""

    view: View
    size: tuple[int, int]
    theme: str
    language: str

    @property
    def file(self) -> str:
        width, height = self.size
        return f"{self.view.name}-{width}x{height}-{self.theme}-{self.language}.webp"


def _wall(name: str, path: str) -> View:
    return View(name, path, "wall", WALLS, grows=True)


def _ledger(name: str, role: str) -> View:
    return View(f"ledgers-{name}", f"/ledgers/{name}", role)


def _admin(name: str, *clicks: str) -> View:
    return View(f"admin-{name}", f"/admin/{name}", "admin", clicks=clicks)


def _field(name: str) -> View:
    return View(f"field-{name}", f"/field#{name}", "grid_worker", PHONES)


VIEWS = (
    _wall("wall", "/wall"), _wall("wall-emergency", "/wall/emergency"), _wall("wall-urban", "/wall/urban"),
    _wall("wall-environment", "/wall/environment"), _wall("wall-water", "/wall/water"),
    View("duty", "/duty", "duty"),
    View("duty-alert", "/duty", "duty", clicks=("[data-panel=queue] li[data-kind=alert]:not([data-id^=fold]) .row-body",)),
    View("dispatch", "/dispatch", "dispatcher"),
    View("dispatch-case", "/dispatch/{case}", "dispatcher"),
    View("cockpit", "/cockpit", "leader", TABLETS),
    View("analysis", "/analysis", "leader", TABLETS),
    *(View(f"analysis-{name}", f"/analysis/{name}", "leader") for name in ("trends", "hot-spots", "exceedances", "themes")),
    *(View(f"theme-{name}", f"/analysis/themes/{name}", "leader") for name in THEMES),
    View("incident", "/incident/{incident}", "duty"),
    View("replay", "/replay?incident={incident}", "duty", DESKS, grows=True),
    _ledger("orders", "leader"), _ledger("hotline", "dispatcher"), _ledger("hazards", "supervisor"),
    _ledger("enterprises", "supervisor"), _ledger("works", "supervisor"), _ledger("duty-log", "duty"), _ledger("morning-report", "leader"),
    View("cameras", "/cameras", "duty", (*DESKS, (3840, 2160))),
    View("quality", "/quality", "duty"),
    View("entry", "/entry", "duty"),
    _admin("rules", "[data-id=gas]"), _admin("organisation"), _admin("routing"), _admin("standards"), _admin("calendar"), _admin("screens"),
    _admin("catalogue"),
    View("me", "/duty", "duty", DESKS, clicks=("[data-do=me]",)),
    View("field", "/field", "grid_worker", PHONES), _field("report"), _field("patrol"), _field("me"),
    View("login", "/login", "", DOORS, ("light",)),
)  # fmt: skip


def shots(names: tuple[str, ...] = ()) -> list[Shot]:
    """All pictures of the named views (none named: of all), those of one page, theme and language beside each other.

    A name also stands for those that begin with it and a hyphen. Raises `KeyError` for one that is no view's.
    """
    for name in names:
        if not any(_goes_by(view, name) for view in VIEWS):
            raise KeyError(f"no view is called {name!r}; there are {', '.join(view.name for view in VIEWS)}")
    wanted = [view for view in VIEWS if not names or any(_goes_by(view, name) for name in names)]
    return [Shot(view, size, theme, language) for view in wanted for theme in view.themes for language in LANGUAGES for size in view.sizes]


def _goes_by(view: View, name: str) -> bool:
    return view.name == name or view.name.startswith(f"{name}-")
