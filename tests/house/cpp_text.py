# SPDX-License-Identifier: Apache-2.0
"""Reads C++ as text: enough of its structure for the rules of the house."""
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
SRC = ROOT / "src"
TESTS = ROOT / "tests"

INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]', re.MULTILINE)

# Braces that open something other than a function's body.
NO_FUNCTION = re.compile(r"\b(namespace|class|struct|enum|union|extern)\b[^()]*$|=\s*$|^$")


def sources(root=SRC):
    return sorted(p for p in root.rglob("*") if p.suffix in {".cc", ".h", ".cu"})


def tracked(*patterns):
    """The files that git knows, or would add, below the root."""
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", *patterns], cwd=ROOT,
                            capture_output=True, text=True, check=True).stdout.split("\n")
    return sorted(ROOT / name for name in listed if name and (ROOT / name).is_file())


def room_of(path):
    """The room of a file below src/: the folder it lies in."""
    return str(Path(path).parent)


def includes(path):
    return INCLUDE.findall(path.read_text())


def first_comment(text):
    """The comment that a file begins with, as one line."""
    found = re.match(r"(?:\s*(?://[^\n]*|#[^\n]*|/\*.*?\*/)\s*\n?)+", text, re.DOTALL)
    return " ".join(found.group().split()) if found else ""


def blank_out(text):
    """The text with comments, strings and preprocessor lines as spaces, so that braces count."""
    pattern = re.compile(
        r'//[^\n]*|/\*.*?\*/|R"([^(\s]*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"'
        r"|'(?:\\.|[^'\\\n])+'(?!\w)|^[ \t]*#(?:\\\n|[^\n])*",
        re.DOTALL | re.MULTILINE)
    return pattern.sub(lambda m: re.sub(r"[^\n]", " ", m.group()), text)


def functions(text):
    """(name, first line, number of lines) of every outermost function body."""
    clean = blank_out(text)
    stack, start, head_begin = [], None, 0
    for i, c in enumerate(clean):
        if c == ";":
            if start is None:
                head_begin = i + 1
        elif c == "{":
            head = clean[head_begin:i].strip()
            is_function = start is None and "(" in head and not NO_FUNCTION.search(head)
            stack.append(is_function)
            if is_function:
                begin = head_begin + len(clean[head_begin:i]) - len(clean[head_begin:i].lstrip())
                start = (begin, head)
            elif start is None:
                head_begin = i + 1
        elif c == "}" and stack:
            if stack.pop():
                begin, head = start
                first = clean.count("\n", 0, begin) + 1
                name = re.findall(r"([\w:~]+)\s*\(", head)
                yield (name[0] if name else "?", first, clean.count("\n", 0, i) + 2 - first)
                start = None
            if start is None:
                head_begin = i + 1


def declarations(text):
    """(scope, declaration) of everything that stands directly in a namespace. The scope is the
    list of its namespaces, "" for an anonymous one; the declaration is the text before ; or {."""
    clean = blank_out(text)
    stack, head_begin, parentheses = [], 0, 0
    for i, c in enumerate(clean):
        parentheses += (c == "(") - (c == ")")
        if c not in ";{}" or (parentheses > 0 and not stack[-1:] == [("other", "")]):
            continue
        head = " ".join(clean[head_begin:i].split())
        in_namespace = all(kind == "namespace" for kind, _ in stack)
        opened = re.search(r"\bnamespace\b\s*([\w:]*)$", head)
        if c == "{" and opened:
            stack.append(("namespace", opened.group(1)))
        else:
            if c != "}" and head and in_namespace:
                yield [name for _, name in stack], head
            if c == "{":
                stack.append(("other", ""))
            elif c == "}" and stack:
                stack.pop()
        head_begin = i + 1


def type_name(declaration):
    """The type that a declaration defines or names, or None."""
    found = re.search(r"^(?:template\s*<[^;{}]*>\s*)?"
                      r"(?:struct|class|enum(?: class)?|union)\s+(\w+)\b(?!::)"
                      r"(?:\s+final)?\s*(?::[^()]*)?$", declaration)
    return found.group(1) if found else None


def function_signature(declaration):
    """name(types of the parameters) of a function's head, or None."""
    found = re.match(r"^(?!using\b)[\w:<>,&*\s~\[\]]*?\b(?<!::)([A-Za-z_]\w*)\s*\((.*)\)[^()]*$",
                     declaration)
    if not found or "=" in declaration.split("(")[0]:
        return None
    parameters, depth, current = [], 0, ""
    for c in found.group(2) + ",":
        depth += (c in "<({[") - (c in ">)}]")
        if c == "," and depth == 0:
            if current.strip():
                typed = re.sub(r"(?<=[\s&*>])\w+$", "", current.split("=")[0].strip()).strip()
                parameters.append(typed)
            current = ""
        else:
            current += c
    return f"{found.group(1)}({', '.join(parameters)})"


def variable_name(declaration):
    """The variable, constant or alias that a declaration introduces, or None."""
    alias = re.match(r"^using (\w+) =", declaration)
    if alias:
        return alias.group(1)
    head = declaration.split("=")[0].strip()
    found = re.match(r"^[\w:<>,&*\s\[\]]+?[\s&*>](\w+)(?:\[\w*\])*$", head)
    words = ("return", "using", "namespace", "struct", "class", "enum", "friend")
    return found.group(1) if found and not declaration.startswith(words) else None
