"""Files and records to documents, and the road from documents to a live index."""
