"""Where things are in the one array of whole numbers that the compiled search works on.

One array, because machine code for functions of forty arrays takes numba a minute to make, and of one array seconds.
`b[PLACED]` and its like are numbers; `b[AT]` and its like say where a list begins: match 7 sits at `b[b[AT] + 7]`.
Lists of unlike length lie end to end, with a list of where each begins.
M matches, S slots, P companies and buyers, K counted limits, D demands, Z zones, N days, C ways to wait.
"""

import numpy as np
from numpy.typing import NDArray

Arena = NDArray[np.int64]

# Numbers.
MATCHES, SLOTS, PEOPLE, DAYS, WIDEST, WORDS = range(6)
PLACED, IDLE, OUTSIDE_SUM, CLOCK, DICE, DICE_STEP = range(6, 12)
"""The weight placed, idle slots, half-hours outside comfortable hours; what marks are compared with; the dice."""

# Lists that do not change.
SIDES = 12
"""[M, 2]: company and buyer."""
WEIGHT = 13
"""[M]: one match counts more than all those of less priority together."""
FIXED = 14
"""[M]: 1 for what must stay where it is."""
OPEN = 15
"""[M, WORDS]: the slots open to a match, 32 in a word."""
OPTION_START, OPTION = 16, 17
OWN_START, OWN = 18, 19
"""The matches of a person."""
NEAR_START, NEAR = 20, 21
"""The other slots that a slot overlaps."""
DEMAND = 22
"""[M]: where the demand's part of LOAD_START begins."""
LOAD_START, LOAD, LOAD_WEIGHT = 23, 24, 25
"""[D, S]: which counted limits a demand loads in a slot, and how much."""
ZONE, MOST, CHAIN = 26, 27, 28
"""[P]: zone, sessions a day, way to wait."""
DAY, OUTSIDE = 29, 30
"""[Z, S]: the day of a slot; its half-hours outside comfortable hours."""
DAY_FIRST, DAY_LAST = 31, 32
"""[Z, N]: the slots of a day, both included."""
AFTER, BEFORE = 33, 34
"""[C, S]: the first own slot of that day behind a session, and the last before it."""

# Lists that change.
AT = 35
"""[M]: the slot, or -1; while somebody stands aside, -2 - slot."""
WHO = 36
"""[P, S]: the match, or -1."""
LEFT = 37
"""[K]: what is left of a counted limit."""
TODAY, IDLE_ON = 38, 39
"""[P, N]: sessions and idle slots of a day."""
ROW, FILLED, PLACE = 40, 41, 42
"""[S, WIDEST] the matches in a slot, in no order; [S] how many; [M] where in the row."""
MARK, SEEN = 43, 44
"""[M], [P]: when last touched."""
MOVES = 45
"""[M]: matches about to move."""
FRESH = 46
"""[4 M, 3]: person, day and idle slots after a move."""
LAST_FIELD = 46
