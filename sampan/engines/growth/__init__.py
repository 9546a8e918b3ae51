"""Is something gaining on the others? Growth of shares, with what chance may have done."""
