"""The checks of notebook 2."""

from helpers.exercises.old import *  # noqa: F403
