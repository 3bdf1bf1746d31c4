"""The command line. Each subcommand is a module of its own, loaded only when it is called for."""
