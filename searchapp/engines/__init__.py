"""Engines: each stores terms that it is given and finds them again."""

import warnings

# Whoosh 2.7.4 is older than Python's warnings of how it writes some literals. Where no bytecode was
# written at installation (uv, containers), who searches would read a dozen of them at each call.
warnings.filterwarnings("ignore", category=SyntaxWarning, module=r".*[/\\]whoosh[/\\]")
