"""Obtains Debian packages as plain files, without installing anything.

The machine's own apt sources say where packages come from; no address is written in this project.
apt gets a state and cache folder of its own, so the system's lists and status stay as they are.
Where the machine's release has no TimescaleDB (Debian 12), the same mirror is asked for a newer one.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from deploy.local.errors import SetupError

NEWER_RELEASES = {"debian": ("trixie", "forky"), "ubuntu": ("resolute", "questing")}
SUMS = "SHA256SUMS"
# Libraries the programs name but never need here: the JIT compiler alone is 260 MB (we run with jit=off).
UNWANTED = re.compile(r"libllvm|libz3|lib.*-perl$|libperl|libdebian|libdebconf|libpam-modules|libc-l10n")


@dataclass(frozen=True)
class Source:
    """One line of the machine's apt sources: a repository and the release asked of it."""

    uri: str
    release: str
    component: str


def fetch_programs(cache: Path, work: Path) -> list[Path]:
    """The `.deb` files of TimescaleDB, Redis, Mosquitto and all libraries they load.

    A complete earlier download in `cache` is used again without the network.
    """
    kept = _complete_files(cache)
    if kept:
        return kept
    if shutil.which("apt-get") is None:
        raise SetupError(
            "apt-get is not on this machine, so the private services cannot be obtained",
            mend="set YIPING_DATABASE_URL, YIPING_REDIS_URL and YIPING_MQTT_URL to services of your own",
        )
    apt = _PrivateApt(work / "apt")
    extension = _choose_release(apt)
    server = extension.removesuffix("-timescaledb")
    roots = [extension, server, server.replace("-", "-client-", 1), "redis-server", "redis-tools", "mosquitto"]
    names = sorted({*roots, *apt.libraries(roots)})
    shutil.rmtree(cache, ignore_errors=True)
    cache.mkdir(parents=True)
    apt.download(names, cache)
    files = sorted(cache.glob("*.deb"))
    (cache / SUMS).write_text("".join(f"{_digest(file)}  {file.name}\n" for file in files))
    shutil.rmtree(work / "apt", ignore_errors=True)
    return files


def read_sources(listing: str) -> list[Source]:
    """The sources in the output of `apt-get indextargets` in our format (see `machine_sources`)."""
    rows = (line.split("|") for line in listing.splitlines() if line.count("|") == 2)
    return [Source(uri, release, component) for uri, release, component in rows]


def sources_for(release: str, own: str, sources: Sequence[Source]) -> list[Source]:
    """The machine's sources moved to another release: `bookworm-security` becomes `trixie-security`."""
    return [
        Source(source.uri, source.release.replace(own, release, 1), source.component)
        for source in sources
        if source.release == own or source.release.startswith(f"{own}-")
    ]


def machine_sources() -> list[Source]:
    """What the machine's apt is set up to ask, read by apt itself (both formats of its files)."""
    listing = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(REPO_URI)|$(RELEASE)|$(COMPONENT)", "Created-By: Packages"],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    return read_sources(listing.stdout)


def os_release(text: str) -> tuple[str, str]:
    """(family, codename) of an `os-release` file; family is `debian` or `ubuntu`."""
    values = dict(line.split("=", 1) for line in text.splitlines() if "=" in line)
    words = f"{values.get('ID', '')} {values.get('ID_LIKE', '')}".replace('"', "").split()
    family = "ubuntu" if "ubuntu" in words else "debian"
    return family, values.get("VERSION_CODENAME", "").strip('"')


def _choose_release(apt: _PrivateApt) -> str:
    """Points `apt` at the first release that offers TimescaleDB; returns the extension's package name."""
    family, own = os_release(Path("/etc/os-release").read_text())
    sources = [source for source in machine_sources() if source.component in {"main", "universe"}]
    for release in (own, *NEWER_RELEASES[family]):
        found = sources_for(release, own, sources)
        if found and apt.point_at(found, keyring=Path(f"/usr/share/keyrings/{family}-archive-keyring.gpg")):
            offers = apt.names("postgresql-", r"postgresql-\d+-timescaledb")
            if offers:
                return max(offers, key=lambda name: int(name.split("-")[1]))
    raise SetupError(
        f"no release of {family} that this machine's apt sources reach offers TimescaleDB (own release: {own!r}); "
        f"apt says: {apt.complaint or 'nothing'}",
        mend="check `apt-get update` as root, or set YIPING_DATABASE_URL, YIPING_REDIS_URL and YIPING_MQTT_URL",
    )


class _PrivateApt:
    """apt with its own state: it reads the machine's configuration (proxies …), never writes there."""

    def __init__(self, home: Path) -> None:
        shutil.rmtree(home, ignore_errors=True)
        for folder in ("state/lists/partial", "cache/archives/partial", "parts"):
            (home / folder).mkdir(parents=True)
        (home / "status").touch()
        self._home = home
        self.complaint = ""
        settings = {
            "Dir::State": home / "state",
            "Dir::State::status": home / "status",
            "Dir::Cache": home / "cache",
            "Dir::Etc::sourcelist": home / "sources.list",
            "Dir::Etc::sourceparts": home / "parts",
            "Dir::Etc::preferencesparts": home / "parts",
            "Acquire::Languages": "none",
            "Acquire::Retries": "3",
            # The download user `_apt` may not enter a private folder; as root we read as root.
            "APT::Sandbox::User": "root" if os.geteuid() == 0 else "",
        }
        self._options = [part for key, value in settings.items() for part in ("-o", f"{key}={value}")]

    def point_at(self, sources: Sequence[Source], keyring: Path) -> bool:
        """Reads the package lists of `sources`; False when the mirror does not have that release."""
        signed = f"[signed-by={keyring}] " if keyring.is_file() else ""
        lines = [f"deb {signed}{source.uri} {source.release} {source.component}\n" for source in sources]
        (self._home / "sources.list").write_text("".join(lines))
        update = subprocess.run(["apt-get", *self._options, "-qq", "--error-on=any", "update"], capture_output=True, text=True)
        self.complaint = update.stderr.strip()
        return update.returncode == 0

    def names(self, prefix: str, pattern: str) -> list[str]:
        """Package names that begin with `prefix` and match `pattern`."""
        return [name for name in self._ask("pkgnames", prefix) if re.fullmatch(pattern, name)]

    def libraries(self, roots: Sequence[str]) -> list[str]:
        """Every shared library that `roots` depend on, directly or not."""
        leave_out = [f"--no-{word}" for word in ("recommends", "suggests", "conflicts", "breaks", "replaces", "enhances")]
        rows = self._ask("depends", "--recurse", *leave_out, *roots)
        found = {row for row in rows if re.fullmatch(r"(lib|zlib)[a-z0-9.+-]+", row)}
        real = set(self._ask("pkgnames"))  # the rest are virtual names
        return [name for name in found & real if not UNWANTED.match(name)]

    def download(self, names: Sequence[str], target: Path) -> None:
        """Downloads and verifies `names` into `target`."""
        run = subprocess.run(["apt-get", *self._options, "-qq", "download", *names], cwd=target, capture_output=True, text=True)
        if run.returncode != 0:
            raise SetupError(
                f"apt could not download the private services into {target}:\n{run.stderr.strip()}",
                mend="check the network and this machine's apt sources, then start again",
            )

    def _ask(self, *words: str) -> list[str]:
        run = subprocess.run(["apt-cache", *self._options, *words], check=True, capture_output=True, text=True)
        return run.stdout.splitlines()


def _complete_files(cache: Path) -> list[Path]:
    """The files of an earlier, complete and undamaged download; empty when there is none."""
    sums = cache / SUMS
    if not sums.is_file():
        return []
    rows = [line.split("  ", 1) for line in sums.read_text().splitlines()]
    files = [(cache / name, digest) for digest, name in rows]
    if not all(file.is_file() and _digest(file) == digest for file, digest in files):
        return []
    return [file for file, _ in files]


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()
