"""Training, searching and looking at gradients, whatever the model."""
