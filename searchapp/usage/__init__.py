"""What was asked, what was found and what was opened, kept here and without identities."""
