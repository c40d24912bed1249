"""What is measured, and the figures it is held to. `python -m benchmarks` prints them as tables."""
