"""What is to go out to people, and what became of it: one way for all capabilities. See README.md."""

from edge.core.registry import Capability, Transaction
from edge.foundation.outbox.messages import after_restore, forget_person

capability = Capability(name="outbox", on_restore=after_restore)


def forget_in_messages(tx: Transaction, person: str) -> bool:
    """What goes with a person (`people.forgetting.Forgetter`)."""
    return forget_person(tx.db, person)
