"""Reads Chinese addresses as tickets write them: one spelling for each, without what names no place on a map.

Pure text: knows no place. `geodata.gazetteer` finds them. Never raises, on any text.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

MOST_LETTERS: Final = 200  # of an address: what is longer is a story
_READ: Final = 400  # letters looked at before folding
_LAW: Final = 40  # rounds of a rewriting that shortens in each: a bound nobody reaches

# The 34 divisions of the first level, as tickets open with them; the short form only where 省 or 市 follows is ambiguous.
_PROVINCES: Final = (
    "北京市|天津市|上海市|重庆市|河北省|山西省|辽宁省|吉林省|黑龙江省|江苏省|浙江省|安徽省|福建省|江西省|山东省|河南省|湖北省|湖南省|广东省|海南省|四川省|"
    "贵州省|云南省|陕西省|甘肃省|青海省|台湾省|内蒙古自治区|广西壮族自治区|西藏自治区|宁夏回族自治区|新疆维吾尔自治区|香港特别行政区|澳门特别行政区"
)
_PROVINCE = re.compile(rf"^(?:中国|中华人民共和国)?(?:{_PROVINCES})")
_SIGNS = str.maketrans(
    {"#": "号", "〇": "零"} | dict.fromkeys("[{【〔《", "(") | dict.fromkeys("]}】〕》", ")") | dict.fromkeys("—–―‐‑−_~", "-")
    | dict.fromkeys("、/\\&+;", ",")
)  # fmt: skip
_OTHER = re.compile(r"[^a-z0-9㐀-鿿(),-]")
_DIGITS: Final = {word: value for value, word in enumerate("零一二三四五六七八九")} | {"两": 2}
_TENS: Final = {"十": 10, "百": 100, "千": 1000}
_NUMERAL = re.compile(r"[零一二三四五六七八九两十百千]{1,9}(?=号|弄|支弄|巷|栋|幢|座|单元|室|层|楼|组|队|期|户)")
_BRACKET = re.compile(r"\([^()]*\)")
_MARK = r"(?:[0-9a-z甲乙丙丁]{1,5}(?:-[0-9a-z]{1,5}){0,3})"  # 12, 3-502, b, 甲
_OPEN = r"(?:[0-9a-z-]{1,9}(?=$|[^0-9a-z弄号路街巷栋幢座单室层楼户门]))?"  # 12幢502: the room without its word
_BUILDING = re.compile(rf"{_MARK}(?:号楼|号房|号门|栋|幢|座|单元|室|层|楼|户|门)(?![面口前店市诊]){_OPEN}")
_ROOM = re.compile(r"(?<=[㐀-鿿])\d{1,4}(?:-\d{1,5}){1,3}$|(?<=号)[0-9a-z-]{1,9}$")
_STRAY = re.compile(r"^[-,)(]+|[-,()]+$|[()]|(?<=[-,])[-,]+|(?<=[0-9]),(?=[0-9])")

# Words that say "not quite there", and how much they leave of the confidence. The longest stand first: 斜对面 is not 对面.
_HEDGES: Final[Mapping[float, str]] = {
    0.8: "斜对面 附近",
    0.85: "正对面 对面 对过 旁边 边上 隔壁 后面 前面 背后 旁",
    0.75: "周边",
    0.7: "一带 往东 往西 往南 往北 向东 向西 向南 向北 以东 以西 以南 以北",
    0.6: "沿线 沿路",
    0.97: "门口 门前 大门 东门 西门 南门 北门",
    1.0: "里面 内 处",
}
_HEDGE_FACTOR: Final = {word: factor for factor, words in _HEDGES.items() for word in words.split()}
_HEDGE = re.compile("|".join(sorted(_HEDGE_FACTOR, key=len, reverse=True)))
_DISTANCE = re.compile(r"\d{1,4}(?:多)?(?:米|公里|m|km)(?:左右|处|远)?")


def fold(text: str) -> str:
    """One spelling of the letters: half width, lower case, no blanks, numerals before 号, 弄, 幢 … as digits.

    Folding twice equals folding once: what is left is CJK, a–z, 0–9 and `(),-`, which every step keeps.
    """
    plain = unicodedata.normalize("NFKC", text[:_READ].translate(_SIGNS)).lower().translate(_SIGNS)
    return _NUMERAL.sub(_number, _OTHER.sub("", plain)[:MOST_LETTERS])


def _number(found: re.Match[str]) -> str:
    """二十三 → 23, 一二三 → 123; a word that is no number stays."""
    word = found[0]
    if all(letter in _DIGITS for letter in word):
        return "".join(str(_DIGITS[letter]) for letter in word)
    total, digit, last = 0, 0, 10_000
    for letter in word:
        if letter in _DIGITS:
            digit = _DIGITS[letter]
            continue
        if _TENS[letter] >= last:
            return word
        last = _TENS[letter]
        total, digit = total + (digit or 1) * last, 0
    return str(total + digit)


@dataclass(frozen=True, slots=True)
class Spoken:
    """An address made plain: `text` without administrative beginnings and building tails, the `areas` that were named."""

    folded: str
    text: str
    areas: tuple[str, ...] = ()


class Speller:
    """Makes addresses plain against the names of our own areas: `prefixes` are names → area codes ('' where there is none)."""

    def __init__(self, prefixes: Mapping[str, str] | None = None) -> None:
        self._codes: dict[str, tuple[str, ...]] = {}
        for name, code in (prefixes or {}).items():
            for form in _forms(fold(name)):
                self._codes[form] = tuple(sorted({*self._codes.get(form, ()), code} - {""}))
        words = sorted(self._codes, key=lambda word: (-len(word), word))
        self._prefix = re.compile("^(?:" + "|".join(map(re.escape, words)) + ")") if words else None

    def spell(self, text: str) -> Spoken:
        """An address made plain. Nothing is taken away that would leave nothing."""
        folded = plain = fold(text)
        areas: list[str] = []
        for _ in range(_LAW):
            before = plain
            plain = _NUMERAL.sub(_number, self._without_prefix(_without_tail(plain), areas))  # what left may have parted 百 from 号
            if plain == before:
                break
        return Spoken(folded, plain, tuple(dict.fromkeys(areas)))

    def normalise(self, text: str) -> str:
        """The plain text alone; doing it twice equals doing it once."""
        return self.spell(text).text

    def _without_prefix(self, text: str, areas: list[str]) -> str:
        for pattern in (_PROVINCE, self._prefix):
            found = pattern.match(text) if pattern else None
            rest = text[found.end() :].lstrip("-,") if found else ""
            if found and rest:
                areas += self._codes.get(found[0], ())
                text = rest
            elif found and found.end() == len(text):
                areas += self._codes.get(text, ())
        return text


def _forms(name: str) -> Iterable[str]:
    """How an area is written: 荷花池街道, 荷花池街道办事处, 花园社区居委会."""
    if len(name) < 2:
        return
    yield name
    if name.endswith(("社区", "村", "街道")):
        yield from (f"{name}{tail}" for tail in ("居委会", "居民委员会", "村委会", "村民委员会", "办事处"))
    for tail in ("居委会", "居民委员会", "村委会", "村民委员会"):
        if name.endswith(tail) and len(name) - len(tail) >= 3:
            yield name.removesuffix(tail)


def _without_tail(text: str) -> str:
    """Without brackets, buildings, units and rooms."""
    for pattern in (_BRACKET, _BUILDING, _ROOM, _STRAY):
        rest = pattern.sub("", text)
        if rest.strip("(),-"):
            text = rest
    return text


def hedges(rest: str) -> tuple[str, float, str]:
    """What of `rest` says "not quite there": the first such word ('' none), the factor on confidence, and what is left without them."""
    words = _HEDGE.findall(rest)
    factor = min((_HEDGE_FACTOR[word] for word in words), default=1.0)
    left = _HEDGE.sub("", rest)
    if _DISTANCE.search(left):
        factor, left = min(factor, 0.6), _DISTANCE.sub("", left)
        words = words or ["米"]
    return next((word for word in words if _HEDGE_FACTOR.get(word, 0) < 1), ""), factor, left
