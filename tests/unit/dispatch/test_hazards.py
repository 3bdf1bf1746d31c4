"""Who may do what with a hazard, and what it takes."""

import pytest

from core.errors import Invalid, NotAllowed
from dispatch import hazards


@pytest.mark.parametrize(("stage", "role", "level", "acts"), [
    ("found", "duty", "general", ("assign",)), ("found", "supervisor", "general", ("assign", "void")), ("found", "handler", "major", ()),
    ("rectifying", "handler", "general", ("rectify",)), ("rectified", "grid_worker", "general", ("verify",)),
    ("rectified", "duty", "general", ("verify", "return")), ("verified", "duty", "general", ("close", "return")),
    ("verified", "duty", "major", ("return",)), ("verified", "supervisor", "major", ("close", "return")), ("rectified", "leader", "major", ()),
])  # fmt: skip
def test_each_role_does_its_own_part(stage: str, role: str, level: str, acts: tuple[str, ...]) -> None:
    assert hazards.allowed_to(stage, role, 1, 2, level) == acts


def test_nobody_verifies_or_closes_what_they_rectified() -> None:
    assert hazards.allowed_to("rectified", "grid_worker", 2, 2, "general") == ()
    for act in ("verify", "return", "close"):
        with pytest.raises(NotAllowed, match="rectified"):
            hazards.demand_person(act, "supervisor", 2, 2, "general")


def test_a_rectification_takes_words_and_a_picture() -> None:
    with pytest.raises(Invalid, match="note"):
        hazards.demand_evidence("rectify", " ", 1)
    with pytest.raises(Invalid, match="photo"):
        hazards.demand_evidence("rectify", "好了", 0)
    hazards.demand_evidence("rectify", "好了", 1)
    hazards.demand_evidence("verify", "", 0)
