"""Outgoing messages and letters, and their delivery log.

What is to go out to people, and what became of it: one table, one way, for alerts as for a receipt, news of an
order or an order to a supplier. A capability queues a row in its own transaction; the part of notify sends it:
once, by one channel, again while it is worth it, and tells what nobody knows as unknown.

Messages to users are planned and decided in notify. A letter goes to somebody outside: it is neither grouped nor
held back at night, is written anew when it goes out, and its `about` names what it is about, without anything of
people. Where its address is not kept elsewhere, it stands sealed in `body` under a person made for it
(`mail-...`), whose key is destroyed when the letter is out or given up.

Invariants.
- A row's `key` is there once. It is on the disk as `sending` before its first byte; cut off then, it is `unknown`
  and not repeated by itself, unless the other side knows a repeat by its key.
- After the ledger was set back nothing that waited goes out: it may have gone since.
- At most so many wait; letters are limited by the capabilities that queue them, messages push out the oldest of
  the least grave.

One more kind of letter: its name in `messages.LETTERS`, an entry in `LETTERS` of its capability's
`service/letters.py`, and `what_KIND` of [notify] in its folder's `words/`.
"""

from edge.core.registry import Capability, Transaction
from edge.foundation.outbox.messages import after_restore, forget_person

capability = Capability(name="outbox", on_restore=after_restore)


def forget_in_messages(tx: Transaction, person: str) -> bool:
    """Handle a forgotten person (`people.forgetting.Forgetter`)."""
    return forget_person(tx.db, person)
