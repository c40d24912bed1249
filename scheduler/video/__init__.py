"""Where a session meets: the link of its video room."""
