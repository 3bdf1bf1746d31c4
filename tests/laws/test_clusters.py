"""Groups of signals do not depend on order, are never too small, never chain, and leave nobody who stands in a crowd."""

from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.clusters import Group, Measure, Point, group
from geodata.near import METRES_PER_DEGREE, distance_m

RADIUS = 400.0
METRE = 1 / METRES_PER_DEGREE
SLACK = 1.001
# A few hundred metres to a few kilometres: dense and sparse, at Changzhou, in the far north and south of the equator.
PLACES = st.lists(
    st.tuples(st.integers(-2500, 2500), st.integers(-1500, 1500), st.sampled_from("abc")), max_size=40,
)  # fmt: skip
LATITUDES = st.sampled_from([31.78, 64.1, -33.9, 0.0])
CENTRES = st.lists(st.tuples(st.integers(-2500, 2500), st.integers(-1500, 1500)), max_size=4)


def points_of(places: list[tuple[int, int, str]], lat: float) -> list[Point]:
    return [Point(119.95 + east * METRE, lat + north * METRE, order, source) for order, (east, north, source) in enumerate(places)]


def told(groups: list[Group]) -> list[tuple[int | None, float, float, list[int]]]:
    return [(one.known, one.lon, one.lat, [point.order for point in one.points]) for one in groups]


@settings(max_examples=150, deadline=None)
@given(places=PLACES, lat=LATITUDES, centres=CENTRES, least=st.integers(2, 5), sources=st.integers(1, 3), data=st.data())
def test_groups_are_the_same_whatever_the_order_and_each_point_is_in_one(
    places: list[tuple[int, int, str]], lat: float, centres: list[tuple[int, int]], least: int, sources: int, data: st.DataObject
) -> None:
    points, measure = points_of(places, lat), Measure(RADIUS, least, sources)
    known = [(119.95 + east * METRE, lat + north * METRE) for east, north in centres]
    found = group(points, measure, known)
    assert told(found) == told(group(data.draw(st.permutations(points)), measure, known))
    orders = [point.order for one in found for point in one.points]
    assert len(orders) == len(set(orders))
    assert [one.known for one in found[: len(known)]] == list(range(len(known)))


@settings(max_examples=150, deadline=None)
@given(places=PLACES, lat=LATITUDES, centres=CENTRES, least=st.integers(2, 5), sources=st.integers(1, 3))
def test_no_new_group_is_too_small_and_none_reaches_far(
    places: list[tuple[int, int, str]], lat: float, centres: list[tuple[int, int]], least: int, sources: int
) -> None:
    known = [(119.95 + east * METRE, lat + north * METRE) for east, north in centres]
    for one in group(points_of(places, lat), Measure(RADIUS, least, sources), known):
        if one.known is None:
            assert len(one.core) >= least
            assert len({point.source for point in one.core}) >= sources
        assert all(distance_m(one.lon, one.lat, point.lon, point.lat) <= RADIUS * SLACK for point in one.core)
        assert all(distance_m(one.lon, one.lat, point.lon, point.lat) <= 3 * RADIUS * SLACK for point in one.points)


@settings(max_examples=150, deadline=None)
@given(places=PLACES, lat=LATITUDES, centres=CENTRES, least=st.integers(2, 5), data=st.data())
def test_of_enough_signals_in_a_circle_of_half_the_radius_all_are_found(
    places: list[tuple[int, int, str]], lat: float, centres: list[tuple[int, int]], least: int, data: st.DataObject
) -> None:
    east, north = data.draw(st.tuples(st.integers(-2500, 2500), st.integers(-1500, 1500)))
    half = int(RADIUS / 2)
    inside = st.tuples(st.integers(-half, half), st.integers(-half, half)).filter(lambda one: one[0] ** 2 + one[1] ** 2 <= half**2)
    crowd = data.draw(st.lists(inside, min_size=least, max_size=least))
    # A metre of longitude is longer in degrees away from the equator: drawn narrower, so that the circle holds everywhere.
    planted = [(int(east + one[0]), north + one[1], "abc"[number % 3]) for number, one in enumerate(crowd)]
    points = points_of([*places, *planted], lat)
    known = [(119.95 + one[0] * METRE, lat + one[1] * METRE) for one in centres]
    found = {point.order for one in group(points, Measure(RADIUS, least), known) for point in one.points}
    assert set(range(len(places), len(points))) <= found


@settings(max_examples=60, deadline=None)
@given(gap=st.integers(150, 390), count=st.integers(3, 60), least=st.integers(2, 4))
def test_a_chain_of_neighbours_is_many_groups_of_a_few_streets(gap: int, count: int, least: int) -> None:
    row = [Point(119.95, 31.7 + gap * number * METRE, number) for number in range(count)]
    for one in group(row, Measure(RADIUS, least)):
        reach = max(point.lat for point in one.points) - min(point.lat for point in one.points)
        assert reach / METRE <= 6 * RADIUS * SLACK
