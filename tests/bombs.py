"""Bodies that are small on the wire and vast when they are unpacked: XML, pictures, workbooks. Sends nothing."""

import io
import struct
import zipfile
import zlib

MB = 1 << 20
LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a0 "ha">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    + "]><alert><identifier>&a9;</identifier></alert>"
).encode()
XML_BOMBS = {
    "billion laughs": LAUGHS,
    "external entity": b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><alert><identifier>&x;</identifier></alert>',
    "external DTD": b'<?xml version="1.0"?><!DOCTYPE a SYSTEM "http://127.0.0.1:1/a.dtd"><alert/>',
    "quadratic blow-up": b'<!DOCTYPE a [<!ENTITY x "' + b"x" * 100_000 + b'">]><alert>' + b"&x;" * 10_000 + b"</alert>",
    "a deep well": b"<a>" * 100_000,
    "a million elements": b"<alert>" + b"<a/>" * 1_000_000 + b"</alert>",
}


def bomb_png(side: int = 60_000) -> bytes:
    """A few bytes that say they are 3.6 thousand million points."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = zlib.compress(bytes(8 * MB), 9)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
        + chunk(b"IDAT", rows)
        + chunk(b"IEND", b"")
    )


def archive(parts: int, size: int) -> bytes:
    """A workbook whose sheets unpack to so much."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("[Content_Types].xml", "<Types/>")
        for number in range(parts):
            file.writestr(f"xl/worksheets/sheet{number}.xml", bytes(size))
    return whole.getvalue()
