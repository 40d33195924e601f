"""Notification part.

The part that tells people: `planner.py` queues what is to be told, beside the till; each channel has turns of its
own (`dispatch.py`), so that one that is dead or slow delays no other. What is decided is in notify; by which
channel it goes, and what goes beside as a letter, is the outbox's.

What is refused. For good: the person's next channel is tried at once. A wrong password, template or certificate:
the channel has a `fault`, which is an alert; what has no other way waits, is tried with one message an hour, and
goes as one message when it is set right. A mail that is cut before its final dot is repeated: that dot is marked
on the disk first. No answer: `unknown`, an alert, and never repeated by itself, unless the receiver knows the key
(webhooks).
"""
