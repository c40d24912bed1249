"""Messages and the ways they leave: a mail server, or the embedded mailbox."""
