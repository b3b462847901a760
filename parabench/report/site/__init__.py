"""What `make publish` makes: pages that work from a folder, without a server or a network."""
