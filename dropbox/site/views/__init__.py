"""The pages of the site, by noun. A view reads the request, calls a room, and shows a page."""
