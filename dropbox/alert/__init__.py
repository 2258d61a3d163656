"""The daily alert: one constant message that tells handlers to have their bundle collected.

Invariants: it may import neither the store nor the cards, so that nothing in a message
can depend on what was reported; every message has the same size; nobody's address is
printed, and nothing that a mail server or a program answered.
"""
