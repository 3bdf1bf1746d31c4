"""Rules that are kept: seeded once, an admin's over the file's, in force with the next batch, and nothing left ringing of what ended."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Thread
from typing import Any

import pytest
from psycopg.types.json import Jsonb

from core.config import Config
from core.errors import Invalid, NotFound, StaleWrite
from core.model import EVERYWHERE
from core.rule_words import read_rule, words_of
from store.acts import Act
from store.rule_orphans import Looked, end_orphans
from store.rule_revisions import back_to_file, get_kept, history, keep_file, list_kept, revise, withdraw
from store.rulebook import InForce, Rulebook
from store.timescale import Store
from tests.few_rules import with_few
from tests.store.test_pipeline import Line

SECOND = timedelta(seconds=1)


class Office(Line):
    """The pipeline of a worker, and an admin beside it."""

    config: Config
    looked: Looked

    def keep(self, now: datetime, **rules: Any) -> int:
        """A role starts with this file: rules changed by field, None takes one away."""
        file = {name: rule for name, rule in self.deps.config.rules.items() if rules.get(name.replace("-", "_"), 0) is not None}
        for name, update in rules.items():
            if update is not None:
                file[name.replace("_", "-")] = file[name.replace("_", "-")].model_copy(update=update)
        self.config = self.deps.config.model_copy(update={"rules": file})
        with self.store.connection() as connection:
            return keep_file(connection, self.config, now)

    def revise(self, now: datetime, rule: str, expect: int | None = None, **words: Any) -> int:
        with self.store.connection() as connection:
            body = {**words_of(self.deps.config.rules[rule]), **words}
            return revise(connection, self.config, rule, words_of(read_rule(rule, body)), act(now, expect))

    def withdraw(self, now: datetime, rule: str) -> int:
        with self.store.connection() as connection:
            return withdraw(connection, self.config, rule, act(now))

    def in_force(self) -> InForce:
        with self.store.connection() as connection:
            return Rulebook(self.config).open(connection)

    def end_orphans(self, now: datetime) -> int:
        with self.store.connection() as connection:
            return end_orphans(connection, self.in_force(), self.looked, now)


def act(now: datetime, expect: int | None = None, note: str = "汛期前调整") -> Act:
    return Act("revise", replace(EVERYWHERE, role="admin", name="管理员"), now, note=note, expect=expect)


@pytest.fixture
def office(config: Config, database_url: str) -> Iterator[Office]:
    store = Store(database_url)
    office = Office(with_few(config), store)
    office.config, office.looked = office.deps.config, Looked()
    yield office
    store.close()


def test_the_file_is_kept_once_however_many_roles_start_and_again_only_where_its_words_changed(office: Office, now: datetime) -> None:
    count = len(office.deps.config.rules)
    assert [office.keep(now), office.keep(now)] == [count, 0]
    roles = [Thread(target=office.keep, args=(now,), kwargs={"smoke": {"severity": 1}}) for _ in range(4)]
    for role in roles:
        role.start()
    for role in roles:
        role.join()
    assert office.one("select count(*) from rule_revisions") == count + 1
    assert office.in_force().config.rules["smoke"].severity == 1  # type: ignore[union-attr]


def test_two_roles_that_start_on_an_empty_city_keep_each_rule_once(office: Office, now: datetime) -> None:
    roles = [Thread(target=office.keep, args=(now,)) for _ in range(4)]
    for role in roles:
        role.start()
    for role in roles:
        role.join()
    assert office.one("select max(n) from (select count(*) as n from rule_revisions group by rule) as each") == 1


def test_what_the_file_no_longer_has_is_withdrawn_and_what_comes_back_holds_again(office: Office, now: datetime) -> None:
    office.keep(now)
    assert office.keep(now, crowd=None) == 1
    found = office.in_force()
    assert "crowd" not in found.config.rules
    assert "withdrawn (config.yaml" in found.ended["crowd"]
    assert office.keep(now) == 1
    assert "crowd" in office.in_force().config.rules


def test_an_admins_words_stand_over_the_file_until_he_goes_back_to_it(office: Office, now: datetime) -> None:
    office.keep(now)
    office.revise(now, "smoke", severity=1)
    assert office.keep(now) == 0
    assert office.in_force().config.rules["smoke"].severity == 1  # type: ignore[union-attr]
    assert office.keep(now, smoke={"severity": 3}) == 0
    with office.store.connection() as connection:
        [torn] = [one for one in list_kept(connection, office.config) if one.is_torn]
        assert (torn.rule, torn.words and torn.words["severity"], torn.file and torn.file["severity"]) == ("smoke", 1, 3)
        back_to_file(connection, office.config, "smoke", act(now))
        again = get_kept(connection, office.config, "smoke")
    assert (again.origin, again.is_over_file, again.by) == ("file", False, "管理员")
    assert office.in_force().config.rules["smoke"].severity == 3  # type: ignore[union-attr]
    assert office.keep(now, smoke={"severity": 2}) == 1, "from now on it follows the file"


def test_an_edit_takes_effect_with_the_next_batch_of_every_worker(office: Office, now: datetime) -> None:
    office.keep(now)
    other = Office(office.deps.config, office.store)
    office.tell(now, "a", now, gas=30.0)
    other.tell(now, "b", now, gas=30.0)
    assert office.one("select count(*) from alerts") == 0
    office.revise(now, "gas-high", above=28, clear=20)
    office.tell(now + SECOND, "a", now + SECOND, gas=31.0)
    other.tell(now + SECOND, "b", now + SECOND, gas=31.0)
    rung = office.rows("select subject, revision from alerts where rule = 'gas-high' order by subject")
    newest = office.one("select max(revision) from rule_revisions")
    assert [(row["subject"], row["revision"]) for row in rung] == [("a/gas", newest), ("b/gas", newest)]


def test_a_rule_on_a_metric_that_none_looked_at_rings_with_the_next_batch(office: Office, now: datetime) -> None:
    office.keep(now)
    office.tell(now, "a", now, humidity=99.0)
    words = {**words_of(office.deps.config.rules["gas-high"]), "metric": "humidity", "above": 90, "clear": 80}
    with office.store.connection() as connection:
        revise(connection, office.config, "wet", words, act(now, 0))
    office.tell(now + SECOND, "a", now + SECOND, humidity=99.0)
    assert office.one("select count(*) from alerts where rule = 'wet'") == 1


def test_while_nothing_was_ever_kept_the_rules_of_the_file_hold(office: Office, now: datetime) -> None:
    office.tell(now, "a", now, gas=60.0)
    assert office.rows("select revision from alerts where rule = 'gas-high'") == [{"revision": None}]
    office.revise(now, "gas-high", above=55)
    assert len(office.in_force().config.rules) == len(office.deps.config.rules), "the first edit keeps the file first"


@pytest.mark.parametrize("how", ["withdraw", "switch off"])
def test_what_is_open_of_a_rule_that_ended_is_cleared_with_audit_and_its_waits_are_dropped(office: Office, now: datetime, how: str) -> None:
    office.keep(now)
    office.tell(now, "a", now, gas=30.0)
    office.tell(now, "b", now, gas=60.0, water_depth=30.0)
    assert office.one("select count(*) from rule_waits where rule = 'gas-low'") == 2
    assert office.end_orphans(now) == 0
    for rule in ("gas-high", "gas-low"):
        if how == "withdraw":
            office.withdraw(now, rule)
        else:
            office.revise(now, rule, enabled=False)
    assert office.end_orphans(now + SECOND) == 1
    assert office.end_orphans(now + SECOND) == 0
    assert office.rows("select rule, stage from alerts") == [{"rule": "gas-high", "stage": "normal"}]
    assert office.one("select count(*) from rule_waits where rule in ('gas-low', 'gas-high')") == 0
    [line] = office.rows("select * from audit where noun = 'alert'")
    assert (line["act"], line["stage_from"], line["stage_to"]) == ("clear", "unack", "normal")
    assert "its rule was" in line["note"]
    assert "(管理员: 汛期前调整)" in line["note"]
    assert office.one("select count(*) from change_log where noun = 'alert' and after->>'stage' = 'normal'") == 1
    office.tell(now + 2 * SECOND, "b", now + 2 * SECOND, gas=61.0)
    assert office.one("select count(*) from alerts where stage <> 'normal'") == 0


def test_what_a_changed_rule_no_longer_concerns_is_cleared_and_what_it_still_does_stays(office: Office, now: datetime) -> None:
    office.keep(now)
    for device in ("a", "b"):
        office.tell(now, device, now, gas=60.0, smoke=1)
    assert office.end_orphans(now) == 0
    office.revise(now, "gas-high", devices=["b"])
    office.revise(now, "smoke", label="烟")
    assert office.end_orphans(now + SECOND) == 1
    rows = office.rows("select rule, subject from alerts where stage <> 'normal' order by rule, subject")
    assert [(row["rule"], row["subject"]) for row in rows] == [("gas-high", "b/gas"), ("smoke", "a/smoke"), ("smoke", "b/smoke")]
    assert office.one("select note from audit where noun = 'alert'") == "its rule no longer concerns it"
    office.rows("update alerts set stage = 'unack' where subject = 'a/gas' returning 1")
    assert office.end_orphans(now + 2 * SECOND) == 1, "a batch under way may ring by the old words"
    assert office.end_orphans(now + 20 * SECOND) == 0
    assert office.looked.done


@pytest.mark.parametrize("moved", ["kind = '乙'", "tags = '{x}'", "area = '320499001001'", "domain = 'water'"])
def test_what_rang_for_a_device_that_was_moved_away_from_its_rule_is_cleared(office: Office, now: datetime, moved: str) -> None:
    office.keep(now)
    office.tell(now, "a", now, gas=1.0)
    office.rows(
        "update devices set kind = '甲', tags = '{y}', domain = 'emergency', area = '320404001001', updated_at = %s returning 1",
        now + SECOND,
    )
    office.revise(now, "gas-high", kinds=["甲"], tags=["y"], areas=["320404"], domains=["emergency"])
    for second in (1, 20):
        assert office.end_orphans(now + second * SECOND) == 0
    assert office.looked.done
    assert office.one("select count(*) from device_moves") == 0
    later = now + 20 * SECOND
    office.tell(later, "a", later, gas=60.0)
    office.rows("update devices set name = '别名', interval_s = 30, updated_at = %s returning 1", later)
    assert office.end_orphans(later) == 0
    office.rows(f"update devices set {moved}, updated_at = %s returning 1", later)
    assert office.end_orphans(later + SECOND) == 1
    assert office.rows("select rule, stage from alerts") == [{"rule": "gas-high", "stage": "normal"}]
    assert office.one("select note from audit where noun = 'alert'") == "its device was moved: its rule no longer concerns it"
    office.rows("update alerts set stage = 'unack' returning 1")
    assert office.end_orphans(later + 20 * SECOND) == 1, "a batch under way may have rung by the old place"


def test_what_its_rule_can_no_longer_be_about_since_it_is_of_another_kind_is_cleared(office: Office, now: datetime) -> None:
    office.keep(now)
    office.rows(
        """insert into alerts (rule, subject, domain, severity, stage, title, area, observed_at, raised_at, updated_at)
           values ('gas-high', 'area:320404001', 'gas', 2, 'unack', 't', '320404001', %s, %s, %s) returning 1""", now, now, now
    )  # fmt: skip
    office.tell(now, "a", now, gas=60.0)
    office.revise(now, "gas-high", label="燃气")
    assert office.end_orphans(now + SECOND) == 1
    assert office.rows("select subject from alerts where stage <> 'normal'") == [{"subject": "a/gas"}]


def test_what_a_release_renamed_before_rules_were_kept_does_not_ring_for_ever(office: Office, now: datetime) -> None:
    office.tell(now, "a", now, gas=60.0)
    assert office.end_orphans(now) == 0, "while nothing is kept nothing is ended"
    office.keep(now)
    office.rows("update alerts set rule = 'gas-of-old' where rule = 'gas-high' returning 1")
    assert office.end_orphans(now) == 1
    assert office.one("select note from audit where noun = 'alert'") == "its rule is no more"


def test_who_saw_an_older_revision_writes_nothing_and_who_says_the_same_again_makes_no_revision(office: Office, now: datetime) -> None:
    office.keep(now)
    with office.store.connection() as connection:
        seen = get_kept(connection, office.config, "smoke").revision
    first = office.revise(now, "smoke", seen, severity=1)
    with pytest.raises(StaleWrite) as caught:
        office.revise(now, "smoke", seen, severity=4)
    assert caught.value.etag == str(first)
    assert office.revise(now, "smoke", first, severity=1) == first
    with office.store.connection() as connection:
        told = history(connection, "smoke")
    assert [(one["origin"], one["by"], one["why"]) for one in told] == [("admin", "管理员", "汛期前调整"), ("file", "config.yaml", "")]


def test_an_edit_needs_a_reason_and_a_rule(office: Office, now: datetime) -> None:
    office.keep(now)
    with office.store.connection() as connection:
        with pytest.raises(Invalid, match="why"):
            revise(connection, office.config, "smoke", {}, act(now, note=" "))
        with pytest.raises(NotFound):
            withdraw(connection, office.config, "smok", act(now))
        revise(connection, office.config, "mine", words_of(office.config.rules["smoke"]), act(now))
        with pytest.raises(Invalid, match="go back"):
            back_to_file(connection, office.config, "mine", act(now))
    assert office.rows("select act, noun, key, detail->>'origin' as origin from audit where noun = 'rule'") == [
        {"act": "revise", "noun": "rule", "key": "mine", "origin": "admin"}
    ]


def test_words_that_this_software_cannot_read_are_set_aside_and_the_last_that_it_can_go_on(office: Office, now: datetime) -> None:
    office.keep(now)
    kept = office.one("select revision from rule_revisions where rule = 'gas-high'")
    insert = "insert into rule_revisions (rule, body, origin, at, by) values (%s, %s, 'admin', %s, 'admin') returning revision"
    newest = [office.one(insert, rule, Jsonb({"kind": "of next year"}), now) for rule in ("gas-high", "unheard")]
    found = office.in_force()
    assert found.revision == newest[-1]
    assert set(found.set_aside) == {"gas-high", "unheard"}
    assert "no kind of rule is called 'of next year'" in found.set_aside["gas-high"]
    assert "unheard" not in found.config.rules
    office.tell(now, "a", now, gas=60.0)
    assert office.rows("select rule, revision from alerts") == [{"rule": "gas-high", "revision": kept}]
