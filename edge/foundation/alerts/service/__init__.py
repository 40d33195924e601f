"""Watches, evaluated beside the till, and the resulting alerts.

Evaluates the watches of all capabilities (`Capability.watches`) and those of the machine (`machine_watch.py`: failed
parts, a full or read-only disk, backups, drills, the clock, sync, failed jobs, accumulating errors), and requests the
resulting changes of alerts.

A watch reads at most 10,000 conditions. If it fails or takes over 10 s, it is stopped, which raises an alert
(`watch_failed`), and its open alerts stay open.
"""
