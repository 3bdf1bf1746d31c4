"""Packing a storm of messages: none is lost, none doubled, the gravest never waits, and nobody gets more than so many a minute."""

from collections import Counter
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from dispatch.notify import Message, pack

AT = datetime(2026, 11, 21, 4, tzinfo=UTC)


def message(number: int, severity: int, recipients: tuple[int, ...], drill: bool, attempts: int, held: bool) -> Message:
    return Message(
        number,
        f"k{number}",
        "role:duty",
        "alert_escalated",
        severity,
        {"drill": drill},
        AT,
        recipients=recipients,
        attempts=attempts,
        held=held,
    )


@given(
    st.lists(st.tuples(st.integers(1, 5), st.sampled_from([(1,), (2,), (1, 2)]), st.booleans(), st.integers(0, 1), st.booleans()), max_size=60),
    st.dictionaries(st.sampled_from([(1,), (2,)]), st.integers(0, 30)), st.integers(2, 12),
)  # fmt: skip
def test_nothing_is_ever_lost_or_doubled_by_packing(
    facts: list[tuple[int, tuple[int, ...], bool, int, bool]], sent: dict[tuple[int, ...], int], a_minute: int
) -> None:
    waiting = [message(n, severity, who, drill, tried, held) for n, (severity, who, drill, tried, held) in enumerate(facts)]
    parcels, later = pack(waiting, sent, a_minute)
    leaving = [one.outbox_id for parcel in parcels for one in parcel.messages]
    assert sorted(leaving + [one.outbox_id for one in later]) == list(range(len(facts)))
    assert all(len({one.recipients for one in parcel.messages}) == 1 for parcel in parcels)
    assert all(one.severity > 1 for one in later)
    per = Counter((parcel.first.recipients, parcel.first.mark) for parcel in parcels)
    grave = sum(one.severity == 1 for one in waiting)  # of the gravest none waits
    assert all(count <= a_minute + grave for count in per.values())
    assert all(parcel.bundle is None or not any(one.attempts for one in parcel.messages) for parcel in parcels)
