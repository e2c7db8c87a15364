"""The command line: one file a group of commands, loaded when it is called."""

from searchapp.cli.main import main

__all__ = ["main"]
