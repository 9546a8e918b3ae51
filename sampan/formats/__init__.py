"""Files to rows and back. Everything read here is hostile until it has been checked."""
