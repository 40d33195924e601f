"""A TLS handshake in memory: whether one side would take the other's certificate."""

from __future__ import annotations

import ssl


def strict(ca: str) -> ssl.SSLContext:
    """A client that trusts the authority of this PEM alone, and checks as Python 3.13 does (VERIFY_X509_STRICT)."""
    context = ssl.create_default_context(cadata=ca)
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    return context


def shake(server: ssl.SSLContext, client: ssl.SSLContext, name: str) -> None:
    """Both say hello until they are done. `ssl.SSLCertVerificationError`: the client does not take it for `name`."""
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = [client.wrap_bio(to_client, to_server, server_hostname=name), server.wrap_bio(to_server, to_client, True)]
    while ends:
        for end in list(ends):
            try:
                end.do_handshake()
            except ssl.SSLWantReadError:
                continue
            ends.remove(end)
