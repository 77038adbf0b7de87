"""Facts: what must hold after a notebook's cell, written as asserts in tests/facts/ and never shown to a learner.

`tests/facts/notebook_01.py` has a section for each cell that has facts, in the notebook's order:

    # %% 01-count
    assert new < total / 1000

A section is Python that runs in the notebook's kernel right after its cell, on a copy of the kernel's names: it reads
every name of the notebook, and names of its own are gone afterwards. It must neither draw random numbers nor change an
object. `mrpc_kind` is "full" or "bundled sample". What stands above the first section runs before each of them.
"""

import ast
import re
import reprlib
import sys
import traceback
from pathlib import Path

from helpers.errors import CourseError
from helpers.runs import PROJECT

FACTS = PROJECT / "tests" / "facts"
HEADING = re.compile(r"# %% (\S+)")

short = reprlib.Repr()
short.maxstring = short.maxlong = short.maxother = 120


def facts_of(path: Path = FACTS) -> dict[str, str]:
    """The facts in one file, or in every file of a folder: code by cell id.

    Each line of the code has the number that it has in its file. Raises CourseError for code that Python cannot read,
    for a second section of a cell, and for a cell of another notebook.
    """
    if path.is_dir():
        files = sorted(path.glob("notebook_*.py"))
        return {cell: code for file in files for cell, code in facts_of(file).items()}
    lines = path.read_text(encoding="utf-8").splitlines()
    try:
        ast.parse("\n".join(lines))
    except SyntaxError as error:
        raise CourseError(f"{path.name}:{error.lineno}: {error.msg}") from None
    starts = [number for number, line in enumerate(lines) if HEADING.fullmatch(line)]
    facts = {}
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        cell = HEADING.fullmatch(lines[start])[1]
        if file_of(cell) != path.name:
            raise CourseError(
                f"{path.name}:{start + 1} names {cell}, whose facts belong in {file_of(cell)}."
            )
        if cell in facts:
            raise CourseError(f"{path.name}:{start + 1} is a second section for {cell}.")
        between = [""] * (start - starts[0])
        facts[cell] = "\n".join(lines[: starts[0]] + between + lines[start:end])
    return facts


def file_of(cell: str) -> str:
    """The name of the file that a cell's facts stand in."""
    return f"notebook_{cell.partition('-')[0]}.py"


def without_a_cell(facts: dict[str, str], cells) -> list[str]:
    """For each section whose cell is not among `cells`: its file, its line, and the cell's id."""
    return [
        f"{file_of(cell)}:{code.splitlines().index(f'# %% {cell}') + 1} names the cell {cell}, which does not exist"
        for cell, code in facts.items()
        if cell not in cells
    ]


def check(code: str, file: str, names: dict) -> tuple[int, list[str]]:
    """Runs one cell's facts on a copy of `names`: the number of asserts that ran, and a text for each that failed.

    The text gives file, line and source of the assert, and the values of what stands in it.
    """
    reached, seen, failures = set(), {}, []

    def begin(line):
        reached.add(line)
        seen.clear()

    def see(source, value):
        seen[source] = value
        return value

    names = {**names, "__begin__": begin, "__see__": see}
    for statement in ast.fix_missing_locations(Watched().visit(ast.parse(code))).body:
        seen.clear()
        try:
            exec(compile(ast.Module([statement], []), file, "exec"), names)
        except Exception as error:
            frames = traceback.extract_tb(sys.exc_info()[2])
            line = [frame.lineno for frame in frames if frame.filename == file][-1]
            failures.append(
                "\n".join([f"{file}:{line}: {reason(code, line, error)}", *values(seen)])
            )
    return len(reached), failures


def question(cell: str, code: str, mrpc_kind: str) -> dict[str, str]:
    """What to ask a kernel about a cell's facts, as `user_expressions`: evaluated, so that the kernel keeps no trace."""
    names = f"{{**globals(), 'mrpc_kind': {mrpc_kind!r}}}"
    module = f"__import__('importlib').import_module({__name__!r})"
    return {"facts": f"{module}.check({code!r}, {f'tests/facts/{file_of(cell)}'!r}, {names})"}


def answer(reply: dict) -> tuple[int, list[str]]:
    """What `check` returned in the kernel, from the kernel's reply to `question`."""
    value = reply["content"]["user_expressions"]["facts"]
    if value["status"] != "ok":
        return 0, [f"the facts could not be run: {value['evalue']}"]
    return ast.literal_eval(value["data"]["text/plain"])


def reason(code: str, line: int, error: Exception) -> str:
    """The assert in this line, and what it raised if that is more than that it does not hold."""
    asserts = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Assert)]
    found = [node for node in asserts if node.lineno <= line <= node.end_lineno]
    source = ast.get_source_segment(code, found[0]) if found else code.splitlines()[line - 1]
    bare = isinstance(error, AssertionError) and not str(error)
    return source if bare else f"{source}\n    {type(error).__name__}: {error}"


def values(seen: dict) -> list[str]:
    """A line for each expression with its value, shortened; none for functions, modules and other bare objects."""
    texts = {source: " ".join(short.repr(value).split()) for source, value in seen.items()}
    return [f"    {source} = {text}" for source, text in texts.items() if text[0] != "<"]


class Watched(ast.NodeTransformer):
    """Makes each assert report that it begins, and the value of every expression in it.

    `assert n < len(losses)` becomes `__begin__(12)` and `assert __see__("n", n) < __see__("len(losses)", len(...))`.
    """

    def visit_Assert(self, node):
        node.test = Expressions().visit(node.test)
        return [
            ast.copy_location(ast.Expr(call("__begin__", ast.Constant(node.lineno))), node),
            node,
        ]


class Expressions(ast.NodeTransformer):
    """Wraps each expression whose value is not plain from its text; of a call, not the function's name."""

    def visit(self, node):
        if isinstance(node, ast.JoinedStr) or isinstance(getattr(node, "ctx", None), ast.Store):
            return node
        if not isinstance(node, ast.Name | ast.Attribute | ast.Subscript | ast.Call | ast.BinOp):
            return self.generic_visit(node)
        source, function = ast.unparse(node), getattr(node, "func", None)
        node = self.generic_visit(node)
        if function:
            node.func = function  # its own parts are wrapped already
        return ast.copy_location(call("__see__", ast.Constant(source), node), node)


def call(name: str, *arguments: ast.expr) -> ast.Call:
    return ast.Call(ast.Name(name, ast.Load()), list(arguments), [])
