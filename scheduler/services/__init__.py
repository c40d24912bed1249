"""The use cases: each file one story - load, check, save, outbox - in one transaction of its own."""
