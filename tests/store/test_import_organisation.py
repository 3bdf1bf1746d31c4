"""`yiping import units|people|roster`: a file with one fault changes nothing and names each row; passwords are told once, kept as hashes."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli.import_ import import_
from store.accounts import Account, check_login
from tests.desk import NORTH, Desk

UNITS = f"单位编码,单位名称,类型,层级,上级单位,区域,岗位\nN1,北一队,team,责任网格,N,{NORTH}001,网格员 3\nN,北街道,street,街道,CMD,{NORTH},派遣员\nCMD,指挥中心,command,区,,320404,派遣员 2\n"
PEOPLE = f"登录名,姓名,手机,角色,称谓,单位,岗位,区域,责任网格\ng001,王一,19900000001,网格员,网格员 001,N1,网格员,{NORTH},g1\nd001,李二,,派遣员,派遣员 一,N,派遣员,{NORTH},\n"
ROSTER = "责任网格,人员,规律,错开,开始日期,结束日期\ng1,g001 worker1,白白夜夜,2,2026-11-21,\n"


class Bring:
    """The command line with files in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, what: str, text: str, *options: str) -> Result:
        file = self.folder / f"{what}.csv"
        file.write_text(text, encoding="utf-8")
        return CliRunner().invoke(import_, [what, str(file), *options], env={"COLUMNS": "200"})


@pytest.fixture
def bring(desk: Desk, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bring:
    monkeypatch.setenv("YIPING_DATABASE_URL", database_url)
    return Bring(tmp_path)


def test_a_city_brings_its_tree_its_people_and_its_roster(desk: Desk, bring: Bring) -> None:
    done = bring("units", UNITS)
    assert (done.exit_code, "3 units, 0 refused · stored" in done.output) == (0, True), done.output
    passwords = bring.folder / "passwords"
    done = bring("people", PEOPLE, "--passwords", str(passwords))
    assert (done.exit_code, passwords.stat().st_mode & 0o777) == (0, 0o600), done.output
    given = dict(line.split("\t") for line in passwords.read_text().splitlines())
    with desk.store.connection() as connection:
        assert isinstance(check_login(connection, "g001", given["g001"], desk.now), Account)
    assert given["g001"] not in done.output
    assert desk.rows(
        "select a.title, u.code, p.name, p.phone from accounts a join units u using (unit_id) join persons p using (person_id) where login = 'g001'"
    ) == [{"title": "网格员 001", "code": "N1", "name": "王一", "phone": "19900000001"}]
    again = bring("people", PEOPLE)
    assert (again.exit_code, "shown once" in again.output) == (0, False), "whoever is there keeps the own password"
    done = bring("roster", ROSTER)
    assert done.exit_code == 0, done.output
    assert sorted(row["shift"] for row in desk.rows("select shift from rosters")) == ["day", "night"]
    refused = bring("roster", ROSTER)
    assert (refused.exit_code, "'replace' ends it" in refused.output) == (1, True), refused.output
    assert bring("roster", ROSTER, "--replace").exit_code == 0


@pytest.mark.parametrize(
    ("what", "text", "words"),
    [
        ("units", UNITS.replace(",区,,", ",市,,"), ["a command stands on level 2"]),
        ("units", UNITS.replace("N,北街道", "X,北街道"), ["no unit has the code 'N'"]),
        ("units", UNITS + f"A,甲,team,3,B,{NORTH},\nB,乙,team,3,A,{NORTH},\n", ["'B' is 'A' itself or below it", "'A' is 'B' itself or below it"]),
        ("people", PEOPLE, ["no unit has the code 'N1'", "no unit has the code 'N'"]),
        ("people", f"登录名,角色,区域,责任网格\nx,网格员,320404009,g9\nduty1,网格员,{NORTH},\n", ["320404009", "no duty grid has the code 'g9'", "changes no role"]),
        ("people", f"登录名,角色,区域,责任网格\nx,网格员,{NORTH},g1\ny,网格员,{NORTH},g1\n", ["has its worker in row 2: it has one"]),
        ("roster", "责任网格,人员,班次,开始日期\ng1,worker1,白班,2026-11-21\ng1,worker2,白班,2026-12-01\nz,worker1,白班,2026-11-21\n",
         ["served by worker1 since 2026-11-21", "no duty grid z"]),
    ],
)  # fmt: skip
def test_one_fault_and_nothing_is_stored(desk: Desk, bring: Bring, what: str, text: str, words: list[str]) -> None:
    before = desk.rows("select count(*) from accounts")
    done = bring(what, text)
    assert done.exit_code == 1, done.output
    assert [word for word in words if word not in done.output] == [], done.output
    assert "nothing was stored: mend the file" in done.output
    assert (desk.rows("select 1 from units"), desk.rows("select 1 from rosters"), desk.rows("select count(*) from accounts")) == (
        [],
        [],
        before,
    )
