"""HTTP and mail to other servers, with limits, retries and circuit breakers.

Everything the shop sends to other servers by HTTP or SMTP goes through this library (messages and mail, webhooks,
payments, feeds, authorities). It knows no shop words and stores nothing: callers keep an outbox and decide what to
retry.

Outcomes. `Undelivered`: refused for good (`permanent`) or for now (`after_s`), or not a byte was accepted; `MaybeSent`:
it was sent but no answer came, so the outcome is unknown. Callers decide what may be repeated: a call with an
idempotency key may, an SMS may not.
"""
