"""Measures the live index: queries and judgements in, nDCG, MRR, precision and recall out."""
