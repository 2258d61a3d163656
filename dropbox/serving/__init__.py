"""What stands between a connection and the site: gunicorn, taught to be patient and quiet.

Owns how connections are taken in, how long they may last, what is logged, and the
answer to what is no request at all. Invariants: a thread never waits for somebody to
send; no request, address or time is logged; nothing that was sent is repeated.
"""
