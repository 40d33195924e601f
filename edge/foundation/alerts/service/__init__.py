"""Watches, evaluated beside the till, and the resulting alerts.

Reads all watches beside the till and asks for what follows: the watches of the capabilities
(`Capability.watches`), and those of the machine, which no capability has (`machine_watch.py`: lost parts, a full
or read-only disk, backups, drills, the clock, sync, failed jobs, faults that pile up).

A watch reads at most 10,000 conditions; one that can't be read, or takes over 10 s, is cut off and is an alert
itself (`watch_failed`), and nothing of it is ended.
"""
