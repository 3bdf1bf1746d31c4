"""What a revisit of the hotline found: the raw fact of the three rates. Computes none of them."""

from dataclasses import dataclass
from datetime import datetime

SATISFACTION = ("satisfied", "basically_satisfied", "dissatisfied")


@dataclass(frozen=True, slots=True)
class Revisit:
    """What a revisit found. None: it was not asked or not answered. Only `valid` ones count in a rate."""

    ticket_no: str
    revisit_at: datetime
    external_id: str = ""
    unit: str = ""
    channel: str = ""
    valid: bool = True
    contacted: bool | None = None
    solved: bool | None = None
    satisfaction: str | None = None

    @property
    def key(self) -> str:
        """The platform's own number of it, else the ticket's and the moment."""
        return self.external_id or f"{self.ticket_no}@{self.revisit_at.isoformat()}"

    @property
    def is_bad(self) -> bool:
        """Whether somebody should look at the ticket again."""
        return self.valid and (self.solved is False or self.satisfaction == "dissatisfied")
