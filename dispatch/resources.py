"""Resources as people write them down: what a row of the ledger must have, and how a table's columns may be called. Pure."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from core.emergency_config import KINDS
from core.errors import Invalid
from geodata.datums import DATUMS, to_cgcs2000

_LABELS = {"队伍": "team", "装备": "equipment", "物资": "material", "避难场所": "shelter", "医院": "hospital", "专家": "expert",
           "联络人": "contact", "联系人": "contact", "危险源": "hazard"}  # fmt: skip
HEADINGS: Mapping[str, str] = {
    "code": "code", "编号": "code", "编码": "code", "kind": "kind", "类别": "kind", "类型": "kind", "name": "name", "名称": "name",
    "name_en": "name_en", "英文名": "name_en", "tags": "tags", "能力": "tags", "标签": "tags", "unit": "unit", "单位编码": "unit",
    "area": "area", "区域": "area", "lon": "lon", "经度": "lon", "lat": "lat", "纬度": "lat", "datum": "datum", "坐标系": "datum",
    "address": "address", "地址": "address", "quantity": "quantity", "数量": "quantity", "measure": "measure", "计量单位": "measure",
    "note": "note", "备注": "note", "person": "person", "联系人": "person", "负责人": "person", "phone": "phone", "电话": "phone",
    "联系电话": "phone",
}  # fmt: skip
KEYS = ("code", "name")
LONGEST = 500
_NO_TEXTS = {"lon", "lat", "quantity", "tags", "datum"}
Area = Callable[[float, float], str | None]


@dataclass(frozen=True, slots=True)
class Resource:
    """A row of the ledger as somebody wants it kept. `unit` is a unit's code; `person` and `phone` who is called."""

    code: str
    kind: str
    name: str
    area: str
    name_en: str = ""
    tags: tuple[str, ...] = ()
    unit: str | None = None
    lon: float | None = None
    lat: float | None = None
    address: str = ""
    quantity: float | None = None
    measure: str = ""
    note: str = ""
    person: str = ""
    phone: str = ""
    out: bool = False


@dataclass(frozen=True, slots=True)
class Fault:
    """A row that cannot be taken: its number as its owner sees it, and why."""

    row: int
    why: str


def read_rows(rows: Iterable[tuple[int, Mapping[str, Any]]], area_of: Area, datum: str = "cgcs2000") -> tuple[list[Resource], list[Fault]]:
    """Every row or why not. `area_of` tells the area of a place; a row without one must name its area."""
    found: dict[str, Resource] = {}
    faults = []
    for number, cells in rows:
        try:
            one = read_row(cells, area_of, datum)
        except Invalid as why:
            faults.append(Fault(number, str(why)))
            continue
        if one.code in found:
            faults.append(Fault(number, f"code '{one.code}' stands in an earlier row too"))
        found[one.code] = one
    return list(found.values()), faults


def read_row(cells: Mapping[str, Any], area_of: Area, datum: str = "cgcs2000") -> Resource:
    """Raises `Invalid` with what is missing or wrong."""
    told: dict[str, Any] = {name: str(value).strip() for name, value in cells.items() if name not in _NO_TEXTS}
    if too_long := [name for name, value in told.items() if len(str(value)) > LONGEST]:
        raise Invalid(f"{', '.join(too_long)}: longer than {LONGEST} letters")
    told["kind"] = _LABELS.get(told.get("kind", ""), told.get("kind", ""))
    if told["kind"] not in KINDS:
        raise Invalid(f"kind: '{told['kind']}' is none of {', '.join(KINDS)} ({', '.join(_LABELS)})")
    for name in KEYS:
        if not told.get(name):
            raise Invalid(f"{name} is missing")
    lon, lat = _place(cells, str(cells.get("datum") or datum))
    area = told.pop("area", "") or (area_of(lon, lat) if lon is not None and lat is not None else None)
    if not area:
        raise Invalid("area is missing, and the place is in none of the city's" if lon is not None else "area or lon and lat is missing")
    quantity = _number("quantity", cells["quantity"]) if "quantity" in cells else None
    return Resource(**told, area=area, lon=lon, lat=lat, quantity=quantity, tags=_tags(cells.get("tags")))


def _place(cells: Mapping[str, Any], datum: str) -> tuple[float | None, float | None]:
    if ("lon" in cells) != ("lat" in cells):
        raise Invalid("lon and lat go together")
    if "lon" not in cells:
        return None, None
    if datum not in DATUMS:
        raise Invalid(f"datum: one of {', '.join(DATUMS)}")
    lon, lat = _number("lon", cells["lon"]), _number("lat", cells["lat"])
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise Invalid(f"lon {lon:g}, lat {lat:g}: no place on earth; perhaps the two are exchanged")
    return to_cgcs2000(lon, lat, datum)


def _number(name: str, value: Any) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise Invalid(f"{name}: '{value}' is no number") from None
    if number != number or number in (float("inf"), float("-inf")):
        raise Invalid(f"{name}: '{value}' is no number")
    return number


def _tags(value: Any) -> tuple[str, ...]:
    """A list, or words with a comma, a Chinese one, a stroke or a semicolon between them."""
    words = value if isinstance(value, list) else str(value or "").translate(str.maketrans("，、;；/|", ",,,,,,")).split(",")
    return tuple(dict.fromkeys(word.strip() for word in map(str, words) if word.strip()))
