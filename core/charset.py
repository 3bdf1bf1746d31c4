"""Text as Chinese systems save it. Decides its character set, and nothing of what it says."""


def text_of(raw: bytes) -> str:
    """UTF-8 with or without mark, else GB18030 (which holds GBK and GB 2312). Raises `UnicodeDecodeError` for what is neither."""
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("gb18030")
