"""Finds the place an address means, without a network, and says how sure it is and why.

Holds an index of names in memory, built once and read by any number of threads. Decides no placing: who asks has a limit of his own.
Confidence is a product: how exactly such a kind of match tells a spot, times a factor ≤ 1 for everything that speaks against it.
So words that are added to an address can decide between namesakes, but never make another place surer than it was.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from math import cos, hypot, radians
from typing import Final

from geodata.address import Speller, Spoken, fold, hedges
from geodata.gazetteer_parts import Span, connective, house_number, mend, scan
from geodata.gazetteer_places import Match, PlaceEntry
from geodata.gazetteer_roads import along, crossing

LEAST: Final = 0.2  # below it nothing is a match
_TAUGHT, _NUMBER, _CROSSING = 0.98, 0.97, 0.92
_EXACT: Final[Mapping[str, float]] = {"estate": 0.95, "point": 0.97, "number": _NUMBER, "area": 0.3}
_WITHIN: Final[Mapping[str, float]] = {"estate": 0.92, "point": 0.9, "number": _NUMBER, "area": 0.3}
_SHORT = 0.85  # a name of two letters occurs in many words
_NAMESAKE_M = 300.0  # entries of one name this near to each other are one place
_UNDECIDED = 1.1  # divided by the number of namesakes: two leave 0.55
_OTHER_AREA, _OTHER_PLACE, _FAR_M = 0.6, 0.7, 800.0
_REST_LETTERS, _DETAIL_LETTERS = 10.0, 40.0  # unread letters that halve the confidence: of a name, and after a house number
_MENDED = 0.6
_RAREST, _LOOKED_AT, _POSTINGS_MOST = 6, 12, 400  # pairs of letters and names looked at for a misspelt one
_METRES_PER_DEGREE = 111_195.0


@dataclass(frozen=True, slots=True)
class _Found:
    """A candidate while it is weighed: what it is worth by itself, and which letters of the address it explains."""

    match: Match
    start: int
    end: int
    numbered: bool = False


class Gazetteer:
    """The names of a city. `areas` are area name → code, for stripping and for hints."""

    def __init__(self, places: Iterable[PlaceEntry], areas: Mapping[str, str] | None = None) -> None:
        self._speller = Speller(areas)
        self._names: defaultdict[str, list[PlaceEntry]] = defaultdict(list)
        self._folded: defaultdict[str, list[PlaceEntry]] = defaultdict(list)
        self._numbers: defaultdict[tuple[str, str], dict[int, PlaceEntry]] = defaultdict(dict)
        self._taught: Mapping[str, PlaceEntry] = {}
        self._count = 0
        for place in places:
            self._add(place)
        self._longest = max(map(len, self._names), default=0)
        self._grams = _bigrams(self._names)

    def __len__(self) -> int:
        return self._count

    def taught(self, told: Iterable[tuple[str, PlaceEntry]]) -> "Gazetteer":
        """The same names with these texts that people placed instead of those before; shares the index."""
        other = copy(self)
        other._taught = {fold(text): place for text, place in told}
        return other

    def normalise(self, text: str) -> str:
        """An address as it is compared: see `geodata.address`."""
        return self._speller.normalise(text)

    def match(self, text: str, area: str = "", least: float = LEAST) -> Match | None:
        """The best match with at least this confidence, or None. `area` is where the ticket says it is, at any level."""
        best = self.suggest(text, area, 1)
        return best[0] if best and best[0].confidence >= least else None

    def suggest(self, text: str, area: str = "", most: int = 3) -> tuple[Match, ...]:
        """The best matches of different places, the surest first. Never raises, on any text."""
        spoken = self._speller.spell(text)
        if not spoken.folded.strip("(),-"):
            return ()
        hints = tuple(code for code in (*spoken.areas, area) if len(code) >= 9)
        found = [*self._told(spoken, hints), *self._whole(spoken, hints), *self._parts(spoken, hints)]
        best: dict[tuple[int | None, float, float], Match] = {}
        for match in sorted(found or self._alike(spoken, hints), key=_order):
            if match.confidence >= LEAST:
                best.setdefault((match.place_id, match.lon, match.lat), match)
        return tuple(best.values())[:most]

    def _add(self, place: PlaceEntry) -> None:
        self._count += 1
        for name in (place.name, *place.aliases):
            spoken = self._speller.spell(name)
            self._folded[spoken.folded].append(place)
            if place.kind == "number" or len(spoken.text) < 2:
                continue
            if place not in self._names[spoken.text]:
                self._names[spoken.text].append(place)
        if place.kind == "number" and place.road and place.number is not None:
            self._numbers[self._speller.spell(place.road).text, place.area[:9]].setdefault(place.number, place)
            self._numbers[self._speller.spell(place.road).text, ""].setdefault(place.number, place)

    def _told(self, spoken: Spoken, hints: Sequence[str]) -> Iterator[Match]:
        """What people placed before: only the very same text, for such a text may be about anything near by."""
        place = self._taught.get(spoken.folded)
        if place:
            yield _match(place, _TAUGHT, spoken.folded, "taught")

    def _whole(self, spoken: Spoken, hints: Sequence[str]) -> Iterator[Match]:
        """Entries whose name is the whole address: they are always found, however many share it."""
        named = self._folded.get(spoken.folded, ())
        for match in self._shared([_match(place, _worth(place, _EXACT), spoken.folded, "name") for place in named], hints):
            yield replace(match, confidence=max(match.confidence, LEAST))

    def _parts(self, spoken: Spoken, hints: Sequence[str]) -> Iterator[Match]:
        spans = scan(spoken.text, self._names, self._longest)
        found = [one for span in spans for one in self._of_span(spoken, span, spans, hints)]
        for one in found:
            yield _weighed(spoken.text, one, spans)

    def _of_span(self, spoken: Spoken, span: Span, spans: Sequence[Span], hints: Sequence[str]) -> Iterator[_Found]:
        text, word = spoken.text, spoken.text[span.start : span.end]
        number = house_number(text, span.end)
        crossings = list(self._crossings(text, span, spans, hints))
        yield from crossings
        plain: list[Match] = []
        for place in self._names[word]:
            if place.kind == "road" and number and not crossings:
                yield from self._numbered(text, span, place, *number, hints)
            elif not (place.kind == "road" and crossings):
                worth = _worth(place, _WITHIN) * (_SHORT if len(word) < 3 else 1.0)
                plain.append(_match(place, worth, word, place.kind))
        yield from (_Found(match, span.start, span.end) for match in self._shared(plain, hints))

    def _numbered(self, text: str, span: Span, road: PlaceEntry, number: int, end: int, hints: Sequence[str]) -> Iterator[_Found]:
        """A house number on a road: known, between known ones, or just somewhere on it."""
        word, said = text[span.start : span.end], text[span.start : end]
        areas = {road.area[:9]} if road.area else {""}
        known: dict[int, PlaceEntry] = {}
        for area in areas:
            known |= self._numbers.get((word, area), {})
        known = known or self._numbers.get((word, ""), {})
        if number in known:
            match = _match(known[number], _NUMBER, said, "number")
        else:
            spot = along(known, number, road)
            match = replace(_match(road, spot.worth, said, spot.reason), lon=spot.lon, lat=spot.lat)
        rivals = [_match(one, 1.0, said, "number") for one in self._names[word] if one.kind == "road"]
        factor, why = _namesakes(_match(road, 1.0, said, "number"), rivals, hints)
        yield _Found(_times(match, factor, *why), span.start, end, numbered=True)

    def _crossings(self, text: str, span: Span, spans: Sequence[Span], hints: Sequence[str]) -> Iterator[_Found]:
        """Where this road meets one that is named after it."""
        for other in spans:
            end = connective(text, span, other) if other.start >= span.end else None
            if end is None:
                continue
            for one in self._names[text[span.start : span.end]]:
                for two in self._names[text[other.start : other.end]]:
                    spot = crossing(one, two) if one.kind == two.kind == "road" else None
                    if spot:
                        match = replace(_match(one, _CROSSING, text[span.start : end], "crossing"), lon=spot[0], lat=spot[1], place_id=None)
                        yield _Found(match, span.start, end)

    def _alike(self, spoken: Spoken, hints: Sequence[str]) -> Iterator[Match]:
        """The address read with one letter of a name mended: wrong, missing or too many."""
        text = spoken.text
        pairs = {text[i : i + 2] for i in range(len(text) - 1)}
        lists = sorted((posting for pair in pairs if (posting := self._grams.get(pair))), key=len)
        shared = Counter(name for posting in lists[:_RAREST] for name in posting)
        for name, _ in shared.most_common(_LOOKED_AT):
            mended = mend(text, name)
            if mended:
                matches = self._parts(replace(spoken, text=mended), hints)
                yield from (_times(match, _MENDED, "alike") for match in matches if name in match.matched)

    def _shared(self, matches: Sequence[Match], hints: Sequence[str]) -> list[Match]:
        """Each with what its namesakes and the areas named leave of it."""
        return [_times(match, factor, *why) for match in matches for factor, why in [_namesakes(match, matches, hints)]]


def _namesakes(match: Match, rivals: Sequence[Match], hints: Sequence[str]) -> tuple[float, tuple[str, ...]]:
    """The factor for entries of the same name elsewhere: an area named decides between them, and speaks against what lies elsewhere."""
    if hints and match.area and not _within(match.area, hints):
        return _OTHER_AREA / max(1, len(rivals)), ("other_area",)
    away = [one for one in rivals if _metres(one.lon, one.lat, match.lon, match.lat) > _NAMESAKE_M and one.place_id != match.place_id]
    if hints and match.area:
        away = [one for one in away if _within(one.area, hints)]
    return (_UNDECIDED / (1 + len(away)), ("ambiguous",)) if away else (1.0, ())


def _within(area: str, hints: Sequence[str]) -> bool:
    """Whether an area is at least compatible with all hints: a street's code is the beginning of its communities'."""
    return all(area.startswith(hint) or hint.startswith(area) for hint in hints)


def _weighed(text: str, found: _Found, spans: Sequence[Span]) -> Match:
    """A candidate with what the rest of the address leaves of it: unread letters, "opposite", another place far away."""
    match = found.match
    others = [span for span in spans if span.end <= found.start or span.start >= found.end]
    near = [span for span in others if span.near(match.lon, match.lat, _FAR_M)]
    before = _blanked(text, 0, found.start, near)
    _, hedge, after = hedges(_blanked(text, found.end, len(text), near))
    factor = hedge * _unread(len(before), _REST_LETTERS) * _unread(len(after), _DETAIL_LETTERS if found.numbered else _REST_LETTERS)
    why = [*(["hedged"] if hedge < 1 else []), *(["partly"] if len(before) + len(after) > 2 else [])]
    if not near and any(span.end - span.start > 2 for span in others):
        factor, why = factor * _OTHER_PLACE, [*why, "other_place"]
    return _times(match, factor, *why)


def _blanked(text: str, start: int, end: int, spans: Sequence[Span]) -> str:
    """A part of the text without the names that stand in it."""
    return "".join(text[i] for i in range(start, end) if not any(span.start <= i < span.end for span in spans)).strip("-,()")


def _unread(letters: int, half: float) -> float:
    """The factor for letters that nothing explains: 1 for none, ½ for `half` of them. Never rises with more."""
    return half / (half + letters)


def _worth(place: PlaceEntry, worths: Mapping[str, float]) -> float:
    """A road alone tells a spot the worse the longer it is: half of its length is what one may be off by."""
    if place.kind == "road":
        return 0.35 + 0.5 * 120.0 / (120.0 + place.reach_m)
    return worths[place.kind]


def _match(place: PlaceEntry, confidence: float, matched: str, reason: str) -> Match:
    return Match(place.place_id, place.name, place.kind, place.lon, place.lat, place.area, confidence, (reason,), matched, place.source)


def _times(match: Match, factor: float, *why: str) -> Match:
    return replace(match, confidence=round(match.confidence * factor, 4), why=(*match.why, *why))


def _order(match: Match) -> tuple[float, int, float, float]:
    return -match.confidence, match.place_id or 0, match.lon, match.lat


def _metres(lon: float, lat: float, other_lon: float, other_lat: float) -> float:
    return hypot((lon - other_lon) * cos(radians(lat)), lat - other_lat) * _METRES_PER_DEGREE


def _bigrams(names: Iterable[str]) -> dict[str, list[str]]:
    """Pair of letters → names that have it; pairs of very many names tell nothing and are left out."""
    lists: defaultdict[str, list[str]] = defaultdict(list)
    for name in names:
        for pair in {name[i : i + 2] for i in range(len(name) - 1)}:
            lists[pair].append(name)
    return {pair: found for pair, found in lists.items() if len(found) <= _POSTINGS_MOST}
