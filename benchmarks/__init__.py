"""What the product is measured against; see README.md."""
