"""Full-text search for Vietnamese, from a folder of documents to a search box."""

__version__ = "1.0.0.dev0"
