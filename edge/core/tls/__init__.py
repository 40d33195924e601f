"""TLS certificates: creation, renewal and trust.

For everything served beyond this machine. Knows no shop words.

Words. The *authority* (CA) is a key that devices are told to trust; a *leaf* is the certificate of the server
itself.

Invariants.
- The authority can vouch for this box alone: its name constraints are critical and hold the names it had when it
  was made, and private addresses. Whoever steals its key cannot play a bank to a phone that trusts it.
- Its key is among the box's secrets (secrets), its certificate in `tls/authority.pem` in the data folder; both
  are in the backups, and a restored box is trusted as before. Where the key is lost, recovery code and all,
  another authority takes its place, which devices must trust anew, and that is said. A leaf's key is in memory
  alone: each start makes another leaf.
- A leaf holds for 397 days from 48 hours ago (clocks of phones differ), and is made anew after two thirds of
  that, when the machine has another name or address, and at each start. Who is connected stays so.
- One's own certificate is taken again when its files change. One that cannot be used is said, and the authority's
  takes its place; nothing stops serving because of a certificate.
- All certificates have Subject and Authority Key Identifier, critical BasicConstraints and KeyUsage: strict
  clients (Python 3.13) take no others.
- A clock from before this was written makes no certificate of that time (`authority.NOT_BEFORE`).
"""

from pathlib import Path

AUTHORITY_FILE = Path("tls", "authority.pem")
"""In the data folder: the authority's certificate."""
