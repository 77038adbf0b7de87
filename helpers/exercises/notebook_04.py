"""The checks of notebook 4."""

from helpers.exercises.old import *  # noqa: F403
