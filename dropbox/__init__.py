"""Meldkluis: an anonymous report drop-box with a two-way mailbox."""
