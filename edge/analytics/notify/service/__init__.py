"""Notification part.

Sends notifications. `planner.py` queues them outside the till's path. Each channel is dispatched separately
(`dispatch.py`), so a dead or slow one doesn't delay the others. The notify capability decides what to send; the outbox
knows the channel, and sends letters as well.

Failures. A permanent rejection: the person's next channel is tried at once. A wrong password, template or certificate:
the channel has a `fault`, which is an alert; messages without another channel wait, one is tried per hour (every 12
hours after a wrong password), and after the correction they are sent as one message. A mail cut before its final dot is
repeated: that dot is marked on the disk first. No answer: `unknown`, an alert, and never repeated automatically, unless
the receiver knows the key (webhooks).
"""
