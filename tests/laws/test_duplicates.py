"""Proposals to merge do not depend on order, never chain, and never join what must stay apart."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.duplicates import Complaint, Measure, alike, distance_m, of_one_family

NOW = datetime(2026, 11, 21, 4, tzinfo=UTC)
MEASURE = Measure(radius_m=250, within=timedelta(hours=24), similarity=0.4)
COMPLAINTS = st.lists(
    st.builds(
        Complaint,
        report_id=st.integers(1, 10**6),
        class_code=st.sampled_from(["0502", "0503", "0301", None]),
        title=st.text("积水路灯井盖噪声 ,", max_size=8),
        text=st.none() | st.text("积水路灯井盖噪声 ,", max_size=12),
        lon=st.none() | st.floats(119.94, 119.96),
        lat=st.none() | st.floats(31.77, 31.79),
        observed_at=st.integers(-5, 30 * 60).map(lambda minutes: NOW - timedelta(minutes=minutes)),
        drill=st.booleans(),
    ),
    max_size=15,
    unique_by=lambda one: one.report_id,
)


@settings(max_examples=80, deadline=None)
@given(complaints=COMPLAINTS, data=st.data())
def test_proposals_are_a_star_of_what_fits_whatever_the_order(complaints: list[Complaint], data: st.DataObject) -> None:
    found = alike(complaints, NOW, MEASURE)
    assert found == alike(data.draw(st.permutations(complaints)), NOW, MEASURE)
    by_id = {one.report_id: one for one in complaints}
    repeated = {proposal.report_id for proposal in found}
    assert len(repeated) == len(found)
    for proposal in found:
        one, first = by_id[proposal.report_id], by_id[proposal.like_id]
        assert first.report_id not in repeated
        assert first.observed_at <= one.observed_at <= NOW
        assert one.observed_at - first.observed_at <= MEASURE.within
        assert of_one_family(one.class_code, first.class_code)
        assert distance_m(one, first) <= MEASURE.radius_m + 0.1
        assert one.drill == first.drill
        assert MEASURE.similarity <= proposal.similarity <= 1


@settings(max_examples=60, deadline=None)
@given(complaints=COMPLAINTS)
def test_a_copy_of_every_complaint_finds_something_to_be_merged_with(complaints: list[Complaint]) -> None:
    copies = [replace(one, report_id=one.report_id + 10**7) for one in complaints]
    repeated = {proposal.report_id for proposal in alike([*complaints, *copies], NOW, MEASURE)}
    for one in complaints:
        said = any(letter.isalnum() for letter in one.title + (one.text or ""))
        if said and one.class_code and one.lon is not None and one.lat is not None and NOW - MEASURE.within <= one.observed_at <= NOW:
            assert one.report_id + 10**7 in repeated
