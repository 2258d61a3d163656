"""The protocol, version 1: pure functions, bytes in and bytes out.

Composed from libsodium's published constructions (through PyNaCl). Nothing here
reads a clock, a file that somebody gave, or the environment; days are passed in.
Every constant of the protocol is written once, in this package. ``docs/protocol.md``
describes the bytes.
"""
