"""Memory: the only place that speaks SQL (`timescale` and the modules beside it) or Redis (`live`)."""
