"""TLS certificates: creation, renewal and trust.

Used by everything served beyond this machine. Independent of shop terms.

Terms. The *authority* (CA) is a key that devices are set to trust; a *leaf* is the certificate of the server itself.

Invariants.

- The authority can vouch for this box only: its name constraints are critical and contain the names at its creation
  and private addresses. A stolen key can't be used to impersonate a bank to a phone that trusts it.
- Its key is stored with the box's secrets (secrets), its certificate in `tls/authority.pem` in the data folder. Both
  are backed up, and a restored box is trusted as before. If the key and the recovery code are both lost, a new
  authority replaces it; devices must trust it again, and the shop is notified. A leaf's key exists only in memory:
  each start creates another leaf.
- A leaf is valid for 397 days from 48 hours ago, as phones' clocks differ. It is renewed after two thirds of that,
  when the machine's name or address changes, and at each start. Open connections aren't affected.
- A custom certificate comes from files named in the configuration, or from a manager's page: then its chain is stored
  in `tls/own.pem` and its key with the secrets. It is reloaded when its files change. If it can't be used, the problem
  is reported and the authority's certificate replaces it; a certificate never stops the server.
- All certificates have Subject and Authority Key Identifier, critical BasicConstraints and KeyUsage, as strict
  clients (Python 3.13) require.
- A clock set before this code was written doesn't produce certificates of that time (`authority.NOT_BEFORE`).
"""

from pathlib import Path

AUTHORITY_FILE = Path("tls", "authority.pem")
"""In the data folder: the authority's certificate."""
OWN_FILE = Path("tls", "own.pem")
"""In the data folder: a custom certificate that was added on a page, with its chain."""
