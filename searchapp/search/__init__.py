"""Query text to results: planning, highlighting, snippets, answers."""
