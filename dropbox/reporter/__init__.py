"""The reporter's side: what is sealed to whom, and what an opened mailbox says.

Used by the site where it seals for a browser that does not, and by the client. Pure:
no clock, no file, no network; nothing here is kept. `browser/reporter/` does the same
in a reporter's own browser.
"""
