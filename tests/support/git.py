"""git as the tests run it: with a name of its own, whatever the machine's settings."""

GIT = [
    "git",
    "-c",
    "user.name=A",
    "-c",
    "user.email=a@example.org",
    "-c",
    "init.defaultBranch=main",
]
