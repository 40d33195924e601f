"""Outgoing messages and letters, and their delivery log.

One table and one way out for alerts, receipts, order updates and supplier orders. A capability queues a row in its
own transaction; the part of notify sends it once, through one channel, retries while that makes sense, and reports an
uncertain result as unknown.

Messages to users are planned and decided in notify. A letter goes to someone outside the shop: it is neither grouped
nor delayed at night, its text is composed when it is sent, and its `about` says what it is about, without personal
data. An address that isn't stored elsewhere is encrypted in `body` under a person created for it (`mail-...`), whose
key is destroyed once the letter is sent or abandoned.

Invariants.

- A row's `key` is unique. The row is on the disk as `sending` before its first byte; if interrupted then, it is
  `unknown` and not retried automatically, unless the receiver recognises a repeat by its key.
- After the ledger was restored to an earlier state, waiting rows aren't sent: they may have been sent already.
- The queue is limited. The capabilities that queue letters limit them; messages displace the oldest of the lowest
  severity.

To add a kind of letter: its name in `messages.LETTERS`, an entry in `LETTERS` of its capability's
`service/letters.py`, and `what_KIND` of [notify] in its folder's `words/`.
"""

from edge.core.registry import Capability, Transaction
from edge.foundation.outbox.messages import after_restore, forget_person

capability = Capability(name="outbox", on_restore=after_restore)


def forget_in_messages(tx: Transaction, person: str) -> bool:
    """Handle a forgotten person (`people.forgetting.Forgetter`)."""
    return forget_person(tx.db, person)
