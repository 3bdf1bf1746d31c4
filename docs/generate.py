"""Writes the generated pages of the documentation: `python docs/generate.py`, or `--check` to see whether they are fresh."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from core.config import Config

HERE = Path(__file__).parent
HEAD = """# Configuration

*Generated from `core/config.py` by `python docs/generate.py`.*

`config.yaml` is what a city changes; `./yiping check-config` tells every problem at once. Unknown settings are refused.
Durations are written `20ms`, `30s`, `5m`, `24h`, `7d`. No secrets stand here: addresses and passwords come from the
environment (`YIPING_DATABASE_URL`, `YIPING_WEB_DATABASE_URL`, `YIPING_REDIS_URL`, `YIPING_MQTT_URL`, `YIPING_WEB_URL`,
`YIPING_MEDIA_DIR`, `YIPING_RECORD_DIR` (folder of what feeds with `record: true` bring, [operations.md](operations.md)),
`YIPING_HJ212_PORT` and `YIPING_SL651_PORT` (instead of the `port` of every TCP or UDP feed of that format), `YIPING_MQTT_GROUP` (name of
the shared subscription), `YIPING_MQTT_QUEUE_BYTES` (the broker's `max_queued_bytes`: half of it queued is an alarm), `YIPING_AREA`
(another district than the one below), `YIPING_LOG` (`json`: the log as one JSON object a line), `YIPING_FEED_PASSWORD_` and a feed's name
in capitals (what its stations must send, e.g. `YIPING_FEED_PASSWORD_HJ212`), `YIPING_FEED_KEY_` and a feed's name in capitals (the SM4
keys that open enciphered packets of HJ 212-2025, e.g. `YIPING_FEED_KEY_HJ212`: 32 hexadecimal digits, or `MN:key` for one station,
several between blanks), `YIPING_NOTIFY_URL_`, `YIPING_NOTIFY_KEY_` and `YIPING_NOTIFY_SECRET_` and a channel's name in capitals
([notify.md](notify.md)), `YIPING_HOTLINE_URL`, `YIPING_HOTLINE_KEY` and `YIPING_HOTLINE_SECRET` ([hotline.md](hotline.md)),
`YIPING_BASEMAP_KEY` (fills `{key}` in the urls of basemaps, [map.md](map.md)), `YIPING_VIDEO_URL` (fills `{base}` in the urls of
`camera_wall.players`, [cameras.md](cameras.md)); each may instead be `NAME_FILE`, the path of a file that holds the value).
"""


def models(annotation: Any) -> Iterator[type[BaseModel]]:
    """Every settings model inside an annotation."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from models(inner)


def sections(model: type[BaseModel], path: str, seen: set[type[BaseModel]]) -> Iterator[str]:
    """A table per model, depth first, each model once."""
    for name, field in model.model_fields.items():
        for inner in models(field.annotation):
            if inner in seen:
                continue
            seen.add(inner)
            where = f"{path}{name}" + (".*" if "dict" in str(field.annotation) else "[]" if "tuple" in str(field.annotation) else "")
            yield table(inner, where)
            yield from sections(inner, f"{where}.", seen)


def table(model: type[BaseModel], where: str) -> str:
    summary = (model.__doc__ or "").strip().split("\n\n")[0]
    kind = model.model_fields.get("kind")
    variant = f" (kind `{get_args(kind.annotation)[0]}`)" if kind and len(get_args(kind.annotation)) == 1 else ""
    rows = "\n".join(row(name, field) for name, field in model.model_fields.items())
    return f"\n## `{where}`{variant}\n\n{summary}\n\n| setting | type | default |\n|---|---|---|\n{rows}\n"


def row(name: str, field: Any) -> str:
    text = str(field.annotation.__name__ if isinstance(field.annotation, type) else field.annotation)
    for noise in (
        "core.config.", "core.feed_config.", "core.place_config.", "core.rule_config.", "core.rule_measures.", "core.rule_parts.",
        "core.quality_config.", "core.organisation_config.", "core.work_config.",
        "core.evaluation_config.", "core.duty_config.", "core.ledger_config.", "core.escalation_config.", "core.suppress_config.",
        "core.incident_config.", "core.rule_city.", "core.model.", "core.setting.", "typing.", "datetime.", "annotated_types.",
    ):  # fmt: skip
        text = text.replace(noise, "")
    # A validator is told by its address, which is another one each time.
    text = re.sub(r"Annotated\[(\w+), BeforeValidator\(.*?\)\]", r"\1", text)
    default = "required" if field.default is PydanticUndefined else f"`{field.default}`" if field.default not in ((), {}, "") else "empty"
    if isinstance(field.default, BaseModel):
        default = "as below"
    return f"| `{field.alias or name}` | {text.split('[Annotated')[0].replace('|', '∣')} | {default} |"


def configuration() -> str:
    return HEAD + "".join(sections(Config, "", set()))


PAGES = {"configuration.md": configuration}


def main() -> int:
    stale = []
    for name, make in PAGES.items():
        text = make()
        if "--check" in sys.argv:
            if not (HERE / name).is_file() or (HERE / name).read_text(encoding="utf-8") != text:
                stale.append(name)
        else:
            (HERE / name).write_text(text, encoding="utf-8")
    for name in stale:
        sys.stdout.write(f"docs/{name} is stale: run python docs/generate.py\n")
    return bool(stale)


if __name__ == "__main__":
    sys.exit(main())
