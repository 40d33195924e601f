"""Webhooks: signing and delivery.

Delivers webhooks (`edge/foundation/webhooks`) by Standard Webhooks 1.0 (standardwebhooks.com): `webhook-id`,
`webhook-timestamp` and `webhook-signature` (`v1,` and base64 of HMAC-SHA256 over `id.timestamp.body`), and
`Idempotency-Key`, which is the id. The id consists of tenant, store, box, epoch and row of the journal, so it is
unique and the same for all attempts. A receiver answers 2xx within fifteen seconds; after any other answer the same
event is sent again: after 5 s, doubling to a quarter of an hour, or `Retry-After`. 410 means that it wants no further
events. Plain http only works for hosts that `[notify] allow` names; others need https. Webhooks are delivered
independently, so a slow one doesn't delay the others.
"""
