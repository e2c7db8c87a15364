"""What the corpus says of its own language: counts, restored marks, corrections, abbreviations."""
