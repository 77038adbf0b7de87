"""What several commands share: the notebooks as files, and running them."""
