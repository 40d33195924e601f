"""The process of one model, and its line to the appliance.

The process of one model (`python -m models.worker`), and the line between it and its parent.

- A worker opens its model's files, programs and temporary files, and connects to nobody, but where its engine
  says `NETWORK` (sandbox).
- A worker whose parent has died ends itself; the kernel's axe takes workers before the till.
- Large arrays lie in a memfd without a name: nothing is left of it when both are gone, however they went. A slot
  is used again only when its worker is through with it.
- The till first. While it is active (`GiveWay`), every thread of a worker and of the programs it has started runs
  at the kernel's lowest priority (SCHED_IDLE), off the first processor, on half of its threads, resting at each
  step for as long as it worked. So whoever sells, or looks at its page, finds a free processor or takes one at
  once; what is left is for the models. All of it is given back two seconds after the last thing done at a till.
- The lowest priority counts among the threads of one session alone, where the kernel groups them
  (`sched_autogroup_enabled`): a worker is in the till's session. Under systemd it counts within a control group,
  and a worker is in a corner of the service's.
"""
