"""Passwords and keys, encrypted on this machine.

Stores credentials that the shop presents to others (brokers, mail and message services, cameras) and its own keys, in
one encrypted file in the data folder. Independent of shop terms.

Files:

- `secrets.json` (0600): each secret as AES-256-GCM ciphertext bound to its name, with the time of entry and its last
  four letters; and the key, wrapped with a key derived from the recovery code
- `secrets-key` (0600): the key; absent if systemd provides it (credential `secrets-key`, made by
  `systemd-creds encrypt`, so that a TPM or the host's key guards it)

In `config.toml`, `secret:NAME` replaces a password. Backups contain `secrets.json` but not the key: on another box
the recovery code opens it.

Invariants.

- A secret is never shown after entry: lists have its last four letters, and only if it has twelve or more.
- Names with a dot are the box's own (`box.tls`, `box.z`): users and programs can't set, list or remove them.
- Replaced or removed secrets are overwritten in place, and so is a replaced key.
- Losing a key only loses the secrets encrypted with it: they are listed as lost, parts that need one ask to enter it
  again, and the till keeps selling. Newly entered secrets use a new key.
- Only names of secrets appear in the journal, logs, errors and metrics.
"""
