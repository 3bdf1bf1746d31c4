"""What a batch raises is raised in one statement: each alert is still its own, and later changes of the batch find it."""

from core.changes import AlertReturned, AlertSeen
from store import arrays
from tests.quiet_town import Town


def stages(town: Town, subject: str) -> list[tuple[str, int]]:
    rows = town.rows(f"select stage, count from alerts where subject = '{subject}' order by alert_id")
    return [(row["stage"], row["count"]) for row in rows]


def test_each_of_a_thousand_raised_together_is_an_alert_of_its_own_in_their_order(town: Town) -> None:
    moved = town.ring(*(f"d{number}/x" for number in range(1000)))
    rows = town.rows("select alert_id, subject from alerts order by alert_id")
    assert [row["subject"] for row in rows] == [f"d{number}/x" for number in range(1000)]
    assert moved == [row["alert_id"] for row in rows]
    assert len(town.rows("select 1 from change_log where noun = 'alert' and before is null")) == 1000


def test_changes_after_a_raising_of_the_same_batch_find_it_by_its_number(town: Town) -> None:
    one, other = town.raised("a/x", ref=-1, value=1.0), town.raised("b/x", ref=-2, value=1)
    town.save([one, other, AlertSeen(-2, 7.0), AlertReturned(-1, town.now, 0.5)])
    found = {row["subject"]: (row["stage"], row["value"]) for row in town.rows("select * from alerts")}
    assert found == {"a/x": ("rtn_unack", 0.5), "b/x": ("unack", 7.0)}


def test_what_is_raised_twice_in_a_batch_is_one_alert(town: Town) -> None:
    assert len(town.ring("a/x", "b/x", "a/x")) == 2
    assert stages(town, "a/x") == [("unack", 1)]


def test_what_ends_in_a_batch_and_rings_again_in_it_is_a_new_alert(town: Town) -> None:
    (first,) = town.ring("a/x")
    town.act(first, "acknowledge")
    town.save([AlertReturned(first, town.now, None), town.raised("a/x", ref=-1), town.raised("b/x", ref=-2)])
    assert stages(town, "a/x") == [("normal", 1), ("unack", 1)]


def test_texts_of_every_kind_pass_as_they_are(town: Town) -> None:
    told = ["", "NULL", 'a"b\\c,{d}', "海棠路 'x'\n", None]
    with town.store.connection() as connection:
        row = connection.execute("select %(texts)s::text[] as texts, cardinality(%(none)s::text[]) as none", {
            "texts": arrays.texts(told), "none": arrays.texts([]),
        }).fetchone()  # fmt: skip
    assert row == {"texts": told, "none": 0}
