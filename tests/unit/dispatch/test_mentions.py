"""Who is meant by an @: the longest name that fits, once, whatever stands behind it."""

import pytest

from dispatch.mentions import find_mentions

NAMES = [("值班员 01", 1), ("值班员 012", 2), ("duty1", 1), ("duty12", 3), ("Wang", 4), ("王芳", 5), ("", 6)]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("请 @值班员 01 核实", (1,)), ("@值班员 012 核实", (2,)), ("@duty12", (3,)), ("@duty1", (1,)), ("@duty1、@duty1", (1,)), ("@duty1@wang", (1, 4)),
        ("＠王芳请看", (5,)), ("@王芳看看", (5,)), ("@WANG: look", (4,)), ("@wanger", ()), ("wang@example", ()), ("王芳", ()), ("@", ()), ("@@", ()),
    ],
)  # fmt: skip
def test_the_names_decide_where_one_ends(text: str, meant: tuple[int, ...]) -> None:
    assert find_mentions(text, NAMES) == meant
