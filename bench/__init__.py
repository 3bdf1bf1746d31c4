"""Load and measurements: a load generator for benches and fault tests, and the figures that `make bench` prints."""
