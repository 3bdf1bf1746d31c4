"""Copies what the browser and the demo's names need out of `node_modules`. Run by deploy/setup.sh.

Nothing is built or changed on the way, and the targets are not in git. A page loads no file from elsewhere.
"""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]
# Module names of MapLibre as its main file imports them: they must stay side by side.
MAP_FILES = ("maplibre-gl.mjs", "maplibre-gl-worker.mjs", "maplibre-gl.css")
FONT_WEIGHTS = (400, 500, 600, 700)
NAME_FILES = ("provinces", "cities", "areas", "streets", "villages")

# Lucide names; a screen that needs another adds its name here.
ICONS = """
activity alarm-clock arrow-down arrow-left arrow-right arrow-up arrow-up-right badge-check ban battery-low
bell bell-off bell-ring book-open briefcase-business building building-2 calendar calendar-clock camera car
chart-bar chart-line check check-check chevron-down chevron-left chevron-right chevron-up circle circle-alert
circle-check circle-dot circle-help circle-x clipboard-check clipboard-list clock clock-alert cloud cloud-fog
cloud-lightning cloud-rain cloud-rain-wind cloud-snow cloud-sun cloud-off construction corner-up-left cpu
crosshair database download droplet droplets ellipsis external-link eye eye-off factory file-down file-text
filter flag flame flame-kindling fullscreen gauge git-merge globe grid-3x3 hand hard-hat heart-pulse history
house image inbox info keyboard landmark languages layers layout-dashboard leaf life-buoy lightbulb link list
list-checks locate locate-fixed lock log-in log-out map map-pin map-pin-off map-pinned maximize megaphone menu
message-square mic minus monitor moon mountain navigation octagon-alert package palette panel-left pause
pencil phone phone-call play plug plus presentation printer qr-code radio radio-tower refresh-cw repeat rewind
rotate-ccw route satellite-dish save scan-eye search send settings share-2 shield shield-alert shield-check
shovel siren skip-back skip-forward sliders-horizontal smartphone snowflake split square-check star sun
tag target tent thermometer thermometer-snowflake thermometer-sun timer traffic-cone trash-2 tree-deciduous
trending-down trending-up triangle-alert truck undo-2 unlink unplug upload user user-check user-cog user-plus
users video video-off volume-2 volume-x warehouse watch waves waves-ladder wifi wifi-off wind wrench x zap
zoom-in zoom-out
""".split()


def vendor(modules: Path, assets: Path, names: Path) -> None:
    """Fills `assets` (map library, fonts, icons) and `names` (areas of China) from `modules`, anew each time."""
    for folder in (assets, names):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    _copy_map(modules / "maplibre-gl", assets)
    _copy_font(modules / "@fontsource/barlow-semi-condensed", assets)
    _copy_icons(modules / "lucide-static", assets)
    division = modules / "china-division"
    for name in NAME_FILES:
        shutil.copyfile(division / "dist" / f"{name}.json", names / f"{name}.json")
    shutil.copyfile(division / "LICENSE", names / "LICENSE")


def _copy_map(package: Path, assets: Path) -> None:
    for name in MAP_FILES:
        source = package / "dist" / name
        if source.suffix == ".mjs":
            # Source maps are not shipped (3 MB); without this, developer tools ask for them in vain.
            text = re.sub(r"\n//# sourceMappingURL=.*\s*$", "\n", source.read_text("utf-8"))
            (assets / name).write_text(text, "utf-8")
        else:
            shutil.copyfile(source, assets / name)
    shutil.copyfile(package / "LICENSE.txt", assets / "maplibre-gl.LICENSE.txt")


def _copy_font(package: Path, assets: Path) -> None:
    """The Latin faces, for figures; Chinese comes from the system's fonts."""
    folder = assets / "fonts"
    folder.mkdir()
    rules = []
    for weight in FONT_WEIGHTS:
        name = f"barlow-semi-condensed-latin-{weight}-normal.woff2"
        shutil.copyfile(package / "files" / name, folder / name)
        rules.append(
            "@font-face {\n"
            '  font-family: "Barlow Semi Condensed";\n'
            f"  font-style: normal;\n  font-weight: {weight};\n  font-display: swap;\n"
            f'  src: url("fonts/{name}") format("woff2");\n'
            "}\n"
        )
    (assets / "fonts.css").write_text("".join(rules))
    shutil.copyfile(package / "LICENSE", folder / "LICENSE")


def _copy_icons(package: Path, assets: Path) -> None:
    folder = assets / "icons"
    folder.mkdir()
    missing = [name for name in ICONS if not (package / "icons" / f"{name}.svg").is_file()]
    if missing:
        raise SystemExit(f"deploy/vendor.py: lucide-static has no {', '.join(missing)} — mend the list ICONS there")
    for name in ICONS:
        shutil.copyfile(package / "icons" / f"{name}.svg", folder / f"{name}.svg")
    shutil.copyfile(package / "LICENSE", folder / "LICENSE")


if __name__ == "__main__":
    try:
        vendor(CHECKOUT / "node_modules", CHECKOUT / "assets/vendor", CHECKOUT / "geodata/vendor")
    except FileNotFoundError as error:
        sys.exit(f"deploy/vendor.py: {error.filename} is missing — run `npm ci` first (deploy/setup.sh does)")
