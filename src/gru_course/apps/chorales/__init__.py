"""Music: canons and chorales, learned and composed."""
