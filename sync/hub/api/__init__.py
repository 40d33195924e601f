"""HTTP API for head office's programs: tables by tenant, and directives for stores."""
