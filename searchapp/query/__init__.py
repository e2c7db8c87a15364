"""Queries as trees of terms, and the parser from words typed to parts of a query."""
