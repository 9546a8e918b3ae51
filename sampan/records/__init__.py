"""Everything that may ever be written to the ledger, as small frozen types: one file per desk."""
