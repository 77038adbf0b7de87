"""The checks of notebook 6."""

from helpers.exercises.old import *  # noqa: F403
