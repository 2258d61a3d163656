"""The demonstration: an invented organisation, and a walk through the whole loop."""
