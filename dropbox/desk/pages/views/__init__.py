"""The desk's pages by noun, one blueprint each."""
