"""The checks of notebook 1."""

from helpers.exercises.old import *  # noqa: F403
