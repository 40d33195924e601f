"""Pages kept up to date while they are open."""
