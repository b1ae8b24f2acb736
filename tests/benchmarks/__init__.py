"""What a page costs. `make bench` fills a database of its own and measures every public page."""
