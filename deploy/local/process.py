"""One server process that outlives the command that started it, and is found again by its pid file.

Linux only: a process is known by its id *and* its start time, so a reused id is never taken for ours.
"""

from __future__ import annotations

import json
import os
import pwd
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from deploy.local.errors import SetupError

LOG_BYTES = 32 << 20  # a log past this size is put aside at the next start
CAP_DAC_READ_SEARCH, CAP_SETPCAP = 2, 8  # their bits in the kernel's capability sets


class Process:
    """A program with a pid file. `bound` ones end with the process that started them."""

    def __init__(self, name: str, pid_file: Path, *, bound: bool = False) -> None:
        self.name = name
        self._pid_file = pid_file
        self._bound = bound
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """The process id while it runs, else None."""
        if self._child is not None:
            return self._child.pid if self._child.poll() is None else None
        try:
            kept = json.loads(self._pid_file.read_text())
        except (FileNotFoundError, json.JSONDecodeError):
            return None
        pid = int(kept["pid"])
        return pid if started_at(pid) == kept["started"] else None

    def launch(
        self,
        argv: Sequence[str | Path],
        *,
        log: Path,
        as_user: Sequence[str] = (),
        end_signal: int = signal.SIGTERM,
        cwd: Path = Path("/"),
        env: Mapping[str, str] | None = None,
    ) -> None:
        """Starts the program; what it says is added to `log`. `as_user` is `as_service_user()` for servers."""
        prefix = list(as_user)
        if self._bound:
            prefix = [*(prefix or ["setpriv"]), "--pdeathsig", signal.Signals(end_signal).name.removeprefix("SIG")]
        log.parent.mkdir(parents=True, exist_ok=True)
        if log.exists() and log.stat().st_size > LOG_BYTES:
            log.replace(log.with_name(f"{log.name}.1"))
        with log.open("ab") as out:
            self._child = subprocess.Popen(
                [*prefix, *argv],
                stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                cwd=cwd, env=env,
                start_new_session=True,  # Ctrl-C is for the supervisor, which stops things in order
            )  # fmt: skip
        kept = {"pid": self._child.pid, "started": started_at(self._child.pid)}
        self._pid_file.write_text(json.dumps(kept))

    def send(self, sign: int) -> None:
        """Sends a signal; a process that is gone already is no error."""
        pid = self.pid
        if pid is not None:
            with suppress(ProcessLookupError):
                os.kill(pid, sign)

    def wait_gone(self, seconds: float) -> bool:
        """True once the process has ended, False after `seconds`."""
        if self._child is not None:
            try:
                self._child.wait(seconds)
            except subprocess.TimeoutExpired:
                return False
        elif not wait_until(lambda: self.pid is None, seconds):
            return False
        self._pid_file.unlink(missing_ok=True)
        return True

    def sweep(self) -> None:
        """Kills what an ended process left behind in its group (a web master's children, say).

        The kernel lends a number anew only when no group carries it any more: where a process with our child's number
        lives, it is a stranger's, and so is its group.
        """
        if self._child is not None and self.pid is None and not Path(f"/proc/{self._child.pid}").exists():
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._child.pid, signal.SIGKILL)

    def end(self, sign: int, seconds: float = 30) -> None:
        """Sends `sign` and waits; kills what does not listen."""
        self.send(sign)
        if not self.wait_gone(seconds):
            self.send(signal.SIGKILL)
            self.wait_gone(10)


def started_at(pid: int) -> int | None:
    """Start time of a living process in clock ticks since boot; None when it is gone or a zombie."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    fields = text.rpartition(")")[2].split()  # the name before it may hold spaces
    return None if fields[0] in "ZX" else int(fields[19])


def processes_in(folder: Path) -> list[int]:
    """Ids of the living processes that have `folder` as their working folder."""
    found: list[int] = []
    for entry in Path("/proc").iterdir():
        # Many end while we look, a zombie has no folder, and a stranger's is not ours to read.
        with suppress(FileNotFoundError, ProcessLookupError, PermissionError):
            if entry.name.isdigit() and (entry / "cwd").samefile(folder):
                found.append(int(entry.name))
    return found


def wait_until(true: Callable[[], bool], seconds: float) -> bool:
    """Asks every 20 ms until `true()`; False when `seconds` have passed."""
    last = time.monotonic() + seconds
    while not true():
        if time.monotonic() > last:
            return False
        time.sleep(0.02)
    return True


def service_user() -> pwd.struct_passwd | None:
    """Whom servers run as when we are root (PostgreSQL refuses root); None when we are not."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            return pwd.getpwnam(name)
    raise SetupError("no user `postgres` or `nobody` on this machine", mend="as root: useradd --system postgres")


def as_service_user() -> list[str]:
    """The words before a command that make it run as the service user; none when we are not root."""
    user = service_user()
    if user is None:
        return []
    words = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
    if _may_hand_on(CAP_DAC_READ_SEARCH, CAP_SETPCAP):
        # A checkout under /root lies behind a folder that others may not enter; this one right
        # lets the server pass (and read), and still not write outside its own folder.
        words += [f"--{kind}-caps=-all,+dac_read_search" for kind in ("inh", "ambient")]
        words.append("--securebits=+no_setuid_fixup")  # else access(2) overlooks the right: initdb asks it
    return words


def own_folder(folder: Path, mode: int = 0o700) -> Path:
    """Makes a folder that belongs to the service user."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(mode)
    return give_to_service(folder)


def own_file(file: Path, text: str) -> Path:
    """Writes a private file (0600) that belongs to the service user."""
    fresh = file.with_name(f"{file.name}.new")
    fresh.unlink(missing_ok=True)
    fresh.touch(mode=0o600)
    fresh.write_text(text)
    return give_to_service(fresh).replace(file)


def give_to_service(path: Path) -> Path:
    user = service_user()
    if user is not None:
        os.chown(path, user.pw_uid, user.pw_gid)
    return path


def _may_hand_on(*capabilities: int) -> bool:
    """Whether we hold these rights ourselves (root in a container may lack some)."""
    status = Path("/proc/self/status").read_text()
    held = next((int(row.split()[1], 16) for row in status.splitlines() if row.startswith("CapPrm:")), 0)
    return all(held >> capability & 1 for capability in capabilities)
