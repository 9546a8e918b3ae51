"""The science desk in a browser: what genomes carry, where and since when, for strangers and for staff."""
