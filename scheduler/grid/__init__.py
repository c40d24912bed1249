"""Building the grid: the problem, the plan, the solver, and the checker that judges every plan."""
