"""Text to tokens to terms: the floor that documents and queries share."""
