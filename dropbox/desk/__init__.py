"""The handler's desk: an offline workstation with one vault.

Rooms that know nothing of the command line or of web pages. Days are passed in;
nothing here opens a network connection or reads the clock.
"""
