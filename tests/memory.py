"""What the worker and the edge of a stack need of memory, read from /proc."""

import re
from pathlib import Path

from tests.stack import Stack


class Memory:
    """Resident bytes of both processes: now, and the most they ever had."""

    def __init__(self, stack: Stack) -> None:
        self._pids = {name: stack.pid(name) for name in ("worker", "edge")}
        self._before = self._read("VmRSS")
        for pid in self._pids.values():
            Path(f"/proc/{pid}/clear_refs").write_text("5")  # the peak is counted from here

    def grown(self) -> dict[str, float]:
        """How much more than at the beginning each needed at its peak, MB."""
        return {name: (peak - self._before[name]) / 1024 for name, peak in self._read("VmHWM").items()}

    def _read(self, word: str) -> dict[str, int]:
        found = {}
        for name, pid in self._pids.items():
            line = re.search(rf"^{word}:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)
            assert line
            found[name] = int(line[1])
        return found
