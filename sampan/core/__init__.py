"""What everything else stands on: errors, files, identifiers, time, quantities, languages."""
