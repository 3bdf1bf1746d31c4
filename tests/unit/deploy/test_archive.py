"""Laws of obtaining packages: the machine's own sources, moved to a release that has what we need."""

from deploy.local.archive import Source, os_release, read_sources, sources_for

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
