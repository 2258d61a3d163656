"""Non-traceability: what leaves the organisation names nobody and describes nobody.

`detect` finds, `redact` removes, `gate` refuses. Everything here is a pure function of texts
and settings: no clock, no environment, no network, and nothing is written. An output is never
called anonymous: a list of words cannot promise that.
"""
