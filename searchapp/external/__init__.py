"""External memory: arrays, names and counts that may be too many to hold, kept in order on disk."""
