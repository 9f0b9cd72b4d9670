"""How sure a result is, and what it costs: intervals, comparisons, calibration, time."""
