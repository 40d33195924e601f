"""What the commands of the command line do: one module a command, loaded when it is asked for."""
