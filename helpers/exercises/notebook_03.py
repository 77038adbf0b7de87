"""The checks of notebook 3."""

from helpers.exercises.old import *  # noqa: F403
