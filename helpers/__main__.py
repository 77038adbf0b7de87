"""The course's commands, for those without make: python -m helpers [NAME] [options]"""

import ast
import errno
import importlib.util
import pkgutil
import sys

from helpers import commands
from helpers.commands.support.processes import end_with_children
from helpers.errors import CourseError
from helpers.runs import PROJECT

NOT_YOURS = (errno.EACCES, errno.EPERM, errno.EROFS)
FULL = (errno.ENOSPC, errno.EDQUOT)

NAMES = sorted(
    module.name for module in pkgutil.iter_modules(commands.__path__) if not module.ispkg
)


def listing() -> str:
    """One line per command: its name, and the first line of its docstring. No command is imported."""
    lines = ["python -m helpers NAME [options] runs one of these:", ""]
    for name in NAMES:
        spec = importlib.util.find_spec(f"helpers.commands.{name}")
        docstring = ast.get_docstring(ast.parse(spec.loader.get_source(spec.name)))
        lines.append(f"  {name:<13}{docstring.partition(': python -m')[0]}")
    return "\n".join(
        [*lines, "", "The training script is python -m helpers.train; --help lists its options."]
    )


def message_about(error: OSError) -> str:
    """What to do about a file that may not be written or has no room; empty for any other error."""
    where = error.filename or "a file"
    if error.errno in NOT_YOURS:
        return (
            f"{where}: {error.strerror}. The course writes into its own folder, {PROJECT}. Where that is not yours, set "
            f"COURSE_WORK (your notebooks) and COURSE_RUNS (outputs) to folders of yours, or copy the course to one."
        )
    if error.errno in FULL:
        return f"{where}: {error.strerror}. Make room on that disk, then run the command again."
    return ""


def main(argv: list[str]) -> int | str | None:
    """Runs the command that `argv` names; returns its exit status, or the message that ends it."""
    if not argv or argv[0] in ("-h", "--help", "help"):
        print(listing())
        return 0
    name, *arguments = argv
    if name not in NAMES:
        return f"There is no command {name!r}. There are: {', '.join(NAMES)}."
    try:
        return importlib.import_module(f"helpers.commands.{name}").main(arguments)
    except CourseError as error:
        return str(error)
    except OSError as error:
        if message := message_about(error):
            return message
        raise
    except KeyboardInterrupt:
        return "stopped"


if __name__ == "__main__":
    end_with_children()
    sys.exit(main(sys.argv[1:]))
