"""One module per command of `make`; `python -m helpers NAME` runs its `main(arguments)`. What several share is in support/."""
