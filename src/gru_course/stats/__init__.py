"""How sure a result is, and what it costs: intervals, comparisons, the ledger of claims, time."""
