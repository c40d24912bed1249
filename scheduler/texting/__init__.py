"""Text messages: what fits into one, and the gateway that takes them."""
