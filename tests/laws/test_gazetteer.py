"""Laws of finding places by addresses: plain twice is plain once, no text is too strange, names find themselves, words never make a wrong place surer."""

import random
from time import thread_time

from hypothesis import assume, example, given
from hypothesis import strategies as st

from geodata.address import Speller, fold
from geodata.gazetteer import Gazetteer
from geodata.gazetteer_places import PlaceEntry, PlaceKind

AREAS = {
    "江苏省": "",
    "常州市": "",
    "钟楼区": "320404",
    "荷花池街道": "320404001",
    "永红街道": "320404002",
    "花园社区居委会": "320404001001",
}
SPELLER = Speller(AREAS)

letters = st.text(
    st.sampled_from(
        "怀德中西路与和街巷弄号幢栋单元室层楼门口对面附近旁江苏省常州市钟楼区荷花池街道永红社区一二三十百零０１2３-—（）()[]#、,/ａA①㈠座期"
    ),
    max_size=24,
)
anything = st.one_of(letters, st.text(max_size=60), st.text(max_size=500))
stems = st.text(st.sampled_from("怀德延陵清潭勤业永红金色阳光花园广化星港"), min_size=2, max_size=4)


@st.composite
def places(draw: st.DrawFn) -> list[PlaceEntry]:
    made: list[PlaceEntry] = []
    for n in range(draw(st.integers(1, 8))):
        kind = draw(st.sampled_from(("road", "estate", "point", "number")))
        stem = draw(stems)
        name = stem + {"road": "路", "estate": "小区", "point": "大厦", "number": f"路{n + 1}号"}[kind]
        road, number = (f"{stem}路", n + 1) if kind == "number" else ("", None)
        lon, lat = 119.8 + n * 0.05, 31.6 + draw(st.integers(0, 9)) * 0.05
        area = draw(st.sampled_from(("", "320404001", "320404002")))
        made.append(PlaceEntry(name, kind, lon, lat, area, road=road, number=number, reach_m=500, place_id=n))  # type: ignore[arg-type]
    return made


@given(anything)
@example("(" * 50 + "怀德路" + ")" * 50)
@example("3幢乙单元502室-")
@example("百[#")
def test_plain_twice_is_plain_once(text: str) -> None:
    once = SPELLER.normalise(text)
    assert SPELLER.normalise(once) == once
    assert fold(fold(text)) == fold(text)


@given(places(), anything, st.text("0123456789", max_size=12))
def test_no_text_is_too_strange(found: list[PlaceEntry], text: str, area: str) -> None:
    for match in Gazetteer(found, AREAS).suggest(text, area):
        assert 0 < match.confidence <= 1
        assert match.why


@given(places(), st.data())
def test_a_name_of_the_gazetteer_finds_itself(found: list[PlaceEntry], data: st.DataObject) -> None:
    place = data.draw(st.sampled_from(found))
    names = Gazetteer(found, AREAS)
    namesakes = {one.place_id for one in found if fold(one.name) == fold(place.name)}
    match = names.match(place.name, place.area)
    assert match is not None
    assert match.place_id in namesakes
    assert place.place_id in {one.place_id for one in names.suggest(place.name, place.area, 50)}


@given(places(), st.data())
def test_words_of_another_place_never_make_a_place_surer(found: list[PlaceEntry], data: st.DataObject) -> None:
    names = Gazetteer(found, AREAS)
    right, wrong = data.draw(st.sampled_from(found)), data.draw(st.sampled_from(found))
    assume(fold(right.name) != fold(wrong.name) and not right.name.startswith(wrong.name) and not wrong.name.startswith(right.name))
    assume(not (right.road and right.road == wrong.road))
    said = data.draw(st.sampled_from((wrong.name, f"{wrong.name}附近", f"{wrong.name}对面")))
    sure = {one.place_id: one.confidence for one in names.suggest(said, most=50)}
    for more in (f"{right.name}{said}", f"{said}{right.name}"):
        now = {one.place_id: one.confidence for one in names.suggest(more, most=50)}
        assert now.get(wrong.place_id, 0) <= sure.get(wrong.place_id, 0) + 1e-9


@given(places(), st.data())
def test_naming_another_area_never_makes_a_place_surer(found: list[PlaceEntry], data: st.DataObject) -> None:
    names, place = Gazetteer(found, AREAS), data.draw(st.sampled_from(found))
    assume(place.area)
    other = "永红街道" if place.area == "320404001" else "荷花池街道"
    sure = {one.place_id: one.confidence for one in names.suggest(place.name, most=50)}
    now = {one.place_id: one.confidence for one in names.suggest(other + place.name, most=50)}
    assert now.get(place.place_id, 0) <= sure[place.place_id] + 1e-9


def test_two_thousand_addresses_a_second_are_found_among_twenty_thousand_names() -> None:
    roll, letters = random.Random(1), "阳光金色新城怀德延陵清潭勤业永红花园广化北大街西桥运河龙江星港青枫梧桐松涛锦绣天安翠竹丽景湖塘"
    sorts: tuple[PlaceKind, ...] = ("road", "estate", "point", "number")
    places = []
    for n in range(20_000):
        stem, sort = "".join(roll.choices(letters, k=roll.randint(2, 4))), roll.choice(sorts)
        name = stem + {"road": "路", "estate": "小区", "point": "大厦", "number": f"路{n % 500}号"}[sort]
        road, number = (f"{stem}路", n % 500) if sort == "number" else ("", None)
        places.append(
            PlaceEntry(name, sort, 119.9 + roll.random() / 10, 31.7 + roll.random() / 10, "320404001", road=road, number=number, place_id=n)
        )
    names = Gazetteer(places, AREAS)
    tails = ("", "12号3幢502室", "附近", "对面水果店", "与清潭路交叉口", "往东50米")
    addresses = [f"常州市钟楼区{roll.choice(places).name}{roll.choice(tails)}" for _ in range(1500)]
    addresses += ["".join(roll.choices(letters, k=12)) for _ in range(300)]
    rate = 0.0
    for _ in range(5):  # the best round is the one that nobody disturbed
        started = thread_time()
        for address in addresses:
            names.match(address)
        rate = max(rate, len(addresses) / (thread_time() - started))
        if rate >= 2000:
            break
    assert rate >= 2000
