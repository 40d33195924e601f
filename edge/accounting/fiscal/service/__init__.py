"""Services of tax authorities, called beside selling.

What speaks to services of tax authorities, beside selling: it takes what waits in an outbox of the capability
fiscal, in order, each until it is answered. A sale never waits for it.

At most once in effect. A transaction is sent again until it is answered, under the same number and signature: the
service knows it again. What it refuses for good is not sent again; an alert says so, and the chain goes on as
signed. Played by `sim/fiscal/`: the real services let in registered partners alone.
"""
