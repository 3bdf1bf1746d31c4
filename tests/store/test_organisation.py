"""The tree of units on a real database: what fits into it, what hangs on a unit, and how it is counted."""

from dataclasses import replace

import pytest

from core.errors import IllegalAct, Invalid, NotAllowed
from core.organisation import PostEntry, UnitEntry
from store import units
from store.acts import Act
from tests.desk import NORTH, Desk
from tests.rota import admin

COMMAND = UnitEntry("CMD", "区指挥中心", "command", 2, "320404", name_en="Command centre", posts=(PostEntry("派遣员", "dispatcher", 2),))
STREET = UnitEntry("N", "北街道", "street", 3, NORTH, "CMD", "North street", (PostEntry("网格员", "grid_worker", 4),))


def build(desk: Desk, *entries: UnitEntry) -> None:
    with desk.store.connection() as connection:
        for entry in entries:
            units.save_unit(connection, entry, admin(desk), desk.config.organisation)


def test_the_tree_counts_people_posts_and_open_cases_with_all_below(desk: Desk) -> None:
    build(desk, COMMAND, STREET)
    with desk.store.connection() as connection:
        units.place_person(connection, desk.people["worker1"], "N", "网格员", admin(desk))
        units.place_person(connection, desk.people["dispatcher"], "CMD", "派遣员", admin(desk))
        connection.execute(
            "insert into cases (case_number, title, class_code, severity, stage, area, opened_at, updated_at, lead_unit, overdue_at) "
            "select n::text, 't', '0101', 4, 'dispatched', %s, %s, %s, unit_id, case when n = 1 then %s end "
            "from units, generate_series(1, 3) n where code = 'N'",
            [f"{NORTH}001", desk.now, desk.now, desk.now],
        )
        tree = {unit["code"]: unit for unit in units.list_tree(connection, desk.scope("boss", "leader"))}
        elsewhere = {unit["code"]: unit for unit in units.list_tree(connection, desk.scope("boss", "leader", "320404002"))}
    assert [(unit["code"], unit["depth"], unit["people"], unit["open"]) for unit in tree.values()] == [("CMD", 0, 1, 0), ("N", 1, 1, 3)]
    assert tree["CMD"]["below"] == {"people": 2, "in_field": 1, "at_desk": 0, "open": 3, "overdue": 1}
    assert (tree["N"]["posts"][0]["held"], tree["N"]["posts"][0]["seats"]) == (1, 4)
    assert elsewhere["N"]["open"] == 0


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        (replace(STREET, parent="N"), "itself or below"), (replace(COMMAND, parent="N"), "itself or below"),
        (replace(COMMAND, level=1), "a command stands on level 2"), (replace(STREET, level=9), "none of 1 to 4"),
        (replace(STREET, level=1), "above that of its parent"), (replace(STREET, area="320404009"), "no area has the code"),
        (replace(STREET, kind="circus"), "none of supervision"), (replace(STREET, parent="?"), "no unit has the code"),
    ],
)  # fmt: skip
def test_what_does_not_fit_into_the_tree_is_refused_and_changes_nothing(desk: Desk, entry: UnitEntry, words: str) -> None:
    build(desk, COMMAND, STREET)
    with pytest.raises(Invalid, match=words), desk.store.connection() as connection:
        units.save_unit(connection, entry, admin(desk), desk.config.organisation)
    with desk.store.connection() as connection:
        assert units.standing(connection).units == {"CMD": COMMAND, "N": STREET}


def test_a_unit_ends_only_when_nothing_hangs_on_it_and_a_held_post_stays(desk: Desk) -> None:
    build(desk, COMMAND, STREET)
    with desk.store.connection() as connection:
        units.place_person(connection, desk.people["worker1"], "N", "网格员", admin(desk))
    for code, words in (("CMD", "1 units"), ("N", "1 people")):
        with pytest.raises(IllegalAct, match=words), desk.store.connection() as connection:
            units.end_unit(connection, code, admin(desk))
    with pytest.raises(IllegalAct, match="somebody holds the post '网格员'"), desk.store.connection() as connection:
        units.save_unit(connection, replace(STREET, posts=()), admin(desk), desk.config.organisation)
    with pytest.raises(Invalid, match="for the role 'grid_worker', not 'duty'"), desk.store.connection() as connection:
        units.place_person(connection, desk.people["duty1"], "N", "网格员", admin(desk))
    with desk.store.connection() as connection:
        units.place_person(connection, desk.people["worker1"], None, None, admin(desk))
        units.end_unit(connection, "N", admin(desk))
    with pytest.raises(NotAllowed), desk.store.connection() as connection:
        units.save_unit(connection, STREET, Act("save", desk.scope("duty1", "duty"), desk.now), desk.config.organisation)
