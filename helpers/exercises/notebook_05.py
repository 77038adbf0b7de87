"""The checks of notebook 5."""

from helpers.exercises.old import *  # noqa: F403
