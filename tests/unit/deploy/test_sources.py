"""Laws of obtaining packages: the machine's own sources, moved to a release that has what we need."""

from deploy.local.archive import Source, os_release, read_sources, sources_for
from deploy.local.demo import service_urls
from deploy.local.finding import Verdict
from deploy.local.machine_checks import wrong_versions
from deploy.local.service_checks import judge_clock, without_password

LISTING = "http://mirror/debian/|bookworm|main\nhttp://mirror/security/|bookworm-security|main\nhttp://other/|stable|main\nnoise\n"


def test_each_source_of_the_machine_moves_to_the_newer_release() -> None:
    moved = sources_for("trixie", "bookworm", read_sources(LISTING))
    assert moved == [Source("http://mirror/debian/", "trixie", "main"), Source("http://mirror/security/", "trixie-security", "main")]


def test_the_own_release_stays_as_it_is() -> None:
    assert [source.release for source in sources_for("bookworm", "bookworm", read_sources(LISTING))] == ["bookworm", "bookworm-security"]


def test_debian_ubuntu_and_their_like_are_told_apart() -> None:
    assert os_release('ID=debian\nVERSION_CODENAME=bookworm\nNAME="Debian"\n') == ("debian", "bookworm")
    assert os_release("ID=ubuntu\nID_LIKE=debian\nVERSION_CODENAME=noble\n") == ("ubuntu", "noble")
    assert os_release('ID=linuxmint\nID_LIKE="ubuntu debian"\nVERSION_CODENAME=zara\n') == ("ubuntu", "zara")


def test_a_service_of_the_citys_own_takes_the_place_of_the_private_one() -> None:
    private = {
        "database_url": "p",
        "web_database_url": "pw",
        "superuser_url": "ps",
        "redis_url": "r",
        "mqtt_url": "m",
        "feed_mqtt_url": "mf",
    }
    assert service_urls(private, {}) == private
    own = service_urls(private, {"YIPING_DATABASE_URL": "P", "YIPING_MQTT_URL": "M", "YIPING_FEED_MQTT_URL": "F"})
    assert own == {**private, "database_url": "P", "web_database_url": "P", "mqtt_url": "M", "feed_mqtt_url": "F"}


def test_the_doctor_names_missing_and_other_versions_and_skips_other_platforms() -> None:
    lock = ["dash==4.4.1 \\", "    --hash=sha256:00", "redis==8.1.0 \\", "colorama==0.4.6 ; sys_platform == 'win32' \\", "rich==15.0.0 \\"]
    installed = {"dash": "4.4.1", "redis": "7.0.0", "rich": None}
    assert wrong_versions(lock, installed) == ["redis 7.0.0", "rich missing"]


def test_a_clock_that_is_off_is_no_note_but_a_fault() -> None:
    assert judge_clock(1000.0, 1000.5).verdict is Verdict.GOOD
    assert judge_clock(1000.0, 1300.0).verdict is Verdict.LACKING


def test_no_password_is_ever_shown() -> None:
    assert without_password("postgresql://yiping:geheim@db:5432/yiping") == "postgresql://db:5432/yiping"
