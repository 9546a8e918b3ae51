"""Places, parties, items and reference figures, and what is so as of a date."""
