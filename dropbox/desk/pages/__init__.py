"""The desk's pages: a local web application for one person on one workstation.

Thin over the rooms of the desk, which know nothing of it. Invariants: it answers nobody but
the browser that brought the token of this start; while the vault is locked no page, no
memory and no key of it is here; no request is logged; no page asks anything of another
computer.
"""
