"""Every view and act of every desk, for other people's programs."""
