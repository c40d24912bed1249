"""The compiled search: typed arrays and the functions on them that numba turns into machine code."""
