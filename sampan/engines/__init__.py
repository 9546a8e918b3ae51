"""Numerics: arrays in, arrays out. No files, no ledger, no clock; each usable alone."""
