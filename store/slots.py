"""Numbered client ids for the broker, leased: a queue kept for a worker that left is drained by another.

The database's clock rules here, because workers on several hosts compare leases.
"""

from dataclasses import dataclass

from store.timescale import Store, queries

LEASE_S = 6.0


@dataclass(slots=True)
class Slots:
    """The slots one worker holds. Call `keep` about every second; it returns the numbers held from now on."""

    store: Store
    holder: str

    def keep(self) -> frozenset[int]:
        """Renew what is ours, take over what nobody renewed, and create a slot when there is none left for us.

        Raises `StoreUnavailable`; what was held stays held until the database says otherwise.
        """
        with self.store.connection() as connection:
            held = {row["slot"] for row in queries.slot_renew(connection, holder=self.holder, seconds=LEASE_S)}
            held |= {row["slot"] for row in queries.slot_take_free(connection, holder=self.holder, seconds=LEASE_S, limit=64)}
            if not held:
                created = queries.slot_create(connection, holder=self.holder, seconds=LEASE_S)
                held |= {created["slot"]} if created else set()
        return frozenset(held)

    def release(self) -> None:
        """Leave: others may take these slots at once."""
        with self.store.connection() as connection:
            queries.slot_release(connection, holder=self.holder)
