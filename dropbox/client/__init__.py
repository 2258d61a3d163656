"""A reporter's own program: seals and opens on the reporter's own machine.

Invariants: neither a text, nor a reply code, nor a key that follows from one leaves this
program but sealed; nothing is written anywhere; what comes from a site is believed only as
far as its signatures go.
"""
