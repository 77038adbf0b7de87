"""The checks of the exercises."""

from helpers.exercises.old import *  # noqa: F403
