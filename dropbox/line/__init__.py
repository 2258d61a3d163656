"""The line to a site over the network, for couriers and reporters: HTTPS, onion, SOCKS.

Invariants: a certificate is always checked; clear HTTP goes to an onion address or to this
very machine only; a name is looked up by the proxy where there is one; no variable of the
environment names a proxy; nothing of this machine is told; no redirection is followed.
"""
