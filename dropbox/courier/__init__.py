"""The courier's program: carries bundles between a site and a folder, over the network.

Invariants: it opens nothing and knows neither a store nor a desk; it tells a site nothing of
its machine, and asks nobody but that site and the proxy that was named; a certificate is
always checked; what it writes is private, and whole or beside its place.
"""
