"""`edge hub signing-key` and `edge hub sign`: the key that authenticates head office's directives."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from edge.app.cli.hub import store_of
from edge.app.cli.hub_api import as_owner
from edge.app.cli.hub_places import SIGNING_KEY_FILE, signer_in, signer_of
from edge.app.cli.output import say
from edge.lib.errors import ConfigError
from sync.directive_signing import new_key
from sync.hub import signatures

ADVICE = f"Set its file in ${SIGNING_KEY_FILE}; `edge hub signing-key FILE` makes one."


def key(args: argparse.Namespace) -> int:
    """Create a key unless one exists, and print the public part for boxes to pin."""
    path = Path(args.file)
    if not path.exists():
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as error:
            raise ConfigError(f"{path} can't be written: {error}.") from None
        with os.fdopen(descriptor, "wb") as file:
            file.write(new_key())
            file.flush()
            os.fsync(file.fileno())
    say(signer_in(path).public)
    return 0


def sign(args: argparse.Namespace) -> int:
    """Sign all directives of a store again, for 30 days."""
    tenant, store = store_of(args.store)
    signer = signer_of()
    if signer is None:
        raise ConfigError("Head office has no signing key.", ADVICE)
    count = as_owner(args, lambda owner: signatures.renew(owner, signer, tenant, store))
    say(f"{count} directives of {args.store} were signed. Boxes accept them for 30 days.")
    return 0
