"""The one error of this package: what failed, where, and how to mend it."""


class SetupError(Exception):
    """Something this machine lacks or refuses. The text is meant for the person at the keyboard."""

    def __init__(self, what: str, *, mend: str = "") -> None:
        super().__init__(f"{what}\n  → {mend}" if mend else what)
        self.what = what
        self.mend = mend
