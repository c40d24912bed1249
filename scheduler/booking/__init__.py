"""The rules of booking: what a session is, who can be claimed when, and why not. Pure; no I/O."""
