"""A picture's memory: measured in a process of its own."""

import io
import subprocess
import sys

from PIL import Image


def test_a_large_jpeg_is_never_unpacked_whole() -> None:
    kept = io.BytesIO()
    Image.new("RGB", (5_000, 5_000)).save(kept, "JPEG")
    code = (
        "import resource, sys\nfrom zoneinfo import ZoneInfo\nfrom api.photos import read_photo\nbody = sys.stdin.buffer.read()\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\nread_photo(body, ZoneInfo('Asia/Shanghai'))\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)"
    )
    grown_kb = int(subprocess.run([sys.executable, "-c", code], input=kept.getvalue(), capture_output=True, check=True).stdout)
    assert grown_kb < 60_000  # whole it is 75 MB, and twice that while it is turned
