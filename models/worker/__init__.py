"""The process of one model, and its connection to the appliance.

A worker is `python -m models.worker`.

- A worker can open its model's files, programs and temporary files, and connect nowhere, unless its engine declares
  `NETWORK` (sandbox).
- A worker whose parent died ends itself; the kernel's OOM killer takes workers before the till.
- Large arrays are in an anonymous memfd: it's gone when both processes are, however they ended. A slot is reused only
  when its worker is done with it.
- The till has priority. While it's active (`GiveWay`), all threads of a worker and its child programs run at the
  kernel's lowest priority (SCHED_IDLE), off the first processor, with half of their threads, pausing at each step for
  as long as it worked. So selling, and viewing the till's page, finds a free processor or gets one at once; the rest is
  for models. All of it is restored two seconds after the last activity at a till.
- The lowest priority counts only among threads of one session, if the kernel groups them (`sched_autogroup_enabled`):
  so a worker is in the till's session. Under systemd it counts within a control group, so a worker is in a subgroup of
  the service's.
"""
