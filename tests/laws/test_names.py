"""A pattern with stars stands for the same names as the regular expression that it is short for."""

import re

from hypothesis import given
from hypothesis import strategies as st

from core.names import fits


@given(st.text("ab*", max_size=8), st.text("ab", max_size=8))
def test_a_name_fits_as_a_regular_expression_would_say(written: str, name: str) -> None:
    expected = re.fullmatch(".*".join(map(re.escape, written.split("*"))), name)
    assert fits(written, name) == (expected is not None)
