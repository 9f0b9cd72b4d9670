"""Looking into cells and comparing them: gradients, cost, time, statistics."""
