"""Film reviews: the data, classifiers of them, and what is found inside these."""
