"""Passwords and keys, encrypted on this machine.

Stores credentials that the shop presents to others (brokers, mail and message services, cameras) and its own keys, in
one encrypted file in the data folder. Knows no shop words.

Files:

- `secrets.json` (0600): each secret as AES-256-GCM ciphertext bound to its name, when it was entered, its last
  four letters; and the key, wrapped by what is derived of the recovery code
- `secrets-key` (0600): the key; not there where systemd hands it over (credential `secrets-key`, made by
  `systemd-creds encrypt`, so that a TPM or the host's key guards it)

`config.toml` says `secret:NAME` where a password would stand. Backups hold `secrets.json` and not the key: on
another box the recovery code opens it.

Invariants.
- A secret is entered and never shown again: lists have its last four letters, and those only of twelve or more.
- Names with a dot are the box's own (`box.tls`, `box.z`): no person and no program sets, lists or removes them.
- What was replaced or removed is overwritten where it lay, and so is a key that another one follows.
- A lost key costs the secrets under it and nothing else: they stay listed as such, whoever needs one says "enter
  it again", and the till sells on. What is entered then is under a new key.
- Nothing here goes into the journal, a log, an error or a metric but names.
"""
