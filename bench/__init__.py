"""Measurements that anyone can repeat: ``make bench``. What each means: docs/performance.md."""
