"""Series and share prices: what comes next, and how sure that is."""
