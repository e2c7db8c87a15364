"""Engines: each stores terms that it is given and finds them again."""
