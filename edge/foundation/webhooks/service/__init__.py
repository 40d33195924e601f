"""Webhooks: signing and delivery.

Sends what `edge/foundation/webhooks` says, as Standard Webhooks 1.0 (standardwebhooks.com): `webhook-id`,
`webhook-timestamp` and `webhook-signature` (`v1,` and base64 of HMAC-SHA256 over `id.timestamp.body`), and
`Idempotency-Key`, which is the id. The id is tenant, store, box, epoch and row of the journal: the same over all
tries, and no one else's. A receiver answers 2xx within fifteen seconds; whatever else it says, the same comes
again: after 5 s, doubling to a quarter of an hour, or `Retry-After`. 410: it wants nothing any more. By https; by
plain http only hosts that `[notify] allow` names. Each hook has turns of its own: a slow one holds up no one
else.
"""
