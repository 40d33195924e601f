"""What programs of head office ask the hub over HTTP: its tables by tenant, and directives for stores."""
