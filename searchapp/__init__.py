"""Full-text search for Vietnamese, from a folder of documents to a search box."""

__version__ = "0.1.0"
