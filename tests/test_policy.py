"""The house rules that no linter knows."""

import ast
import re
import subprocess
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
PACKAGES = ("config", "reviews", "films", "users")
TOP_LEVEL = {
    *PACKAGES,
    "templates",
    "tests",
    "docs",
    ".ci",
    ".github",
    ".editorconfig",
    ".gitattributes",
    ".gitignore",
    "LICENSE",
    "Makefile",
    "README.md",
    "manage.py",
    "pyproject.toml",
    "requirements.txt",
    "requirements-dev.txt",
}
NAMELESS = {"utils", "util", "helpers", "common", "core", "services", "mixins", "signals", "misc"}
METHOD_DECORATORS = {"require_GET", "require_POST", "require_safe", "require_http_methods"}
# They answer in place of a view, to whatever method was asked.
ERROR_VIEWS = {"bad_request", "permission_denied", "page_not_found", "gone", "server_error"}
LONGEST_FUNCTION = 50


def tracked_files():
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    try:
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode()
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("the files are not in a git repository", allow_module_level=True)
    return sorted(name for name in listed.split("\0") if name and (ROOT / name).is_file())


FILES = tracked_files()
PYTHON = [name for name in FILES if name.endswith(".py")]
SITE = [n for n in PYTHON if n.split("/")[0] in PACKAGES and "/migrations/" not in n]
TEMPLATES = [name for name in FILES if name.startswith("templates/") and name.endswith(".html")]
PARTIALS = [name for name in TEMPLATES if Path(name).name.startswith("_")]


def text(name):
    return (ROOT / name).read_text()


def tree(name):
    return ast.parse(text(name), name)


def functions(name):
    return [
        n for n in ast.walk(tree(name)) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


def holds(name, stem):
    """Whether a file is the app's `stem` module, or one of its `stem` package."""
    parts = Path(name).with_suffix("").parts
    return len(parts) > 1 and parts[1] == stem


def surfaces():
    return [n for n in SITE if any(holds(n, s) for s in ("views", "feeds", "sitemaps"))]


def url_patterns():
    from django.urls import URLPattern, URLResolver, get_resolver

    def walk(patterns):
        for entry in patterns:
            if isinstance(entry, URLResolver):
                yield from walk(entry.url_patterns)
            elif isinstance(entry, URLPattern):
                yield entry

    return list(walk(get_resolver().url_patterns))


def found(pattern, names):
    """Every line of the files that has the pattern, as file:line: text."""
    return [
        f"{name}:{number}: {line.strip()}"
        for name in names
        for number, line in enumerate(text(name).splitlines(), 1)
        if re.search(pattern, line)
    ]


def calls_with_keyword(name, method, keyword):
    return [
        f"{name}:{node.lineno}"
        for node in ast.walk(tree(name))
        if isinstance(node, ast.Call)
        and getattr(node.func, "attr", "") == method
        and any(argument.arg == keyword for argument in node.keywords)
    ]


def test_top_level_holds_only_what_the_layout_names():
    assert {name.split("/")[0] for name in FILES} <= TOP_LEVEL


def test_every_module_is_named_for_what_it_holds():
    assert not [n for n in SITE if NAMELESS & set(Path(n).with_suffix("").parts)]


def test_no_function_is_longer_than_fifty_lines():
    long = [
        f"{name}:{function.lineno} {function.name}"
        for name in SITE
        for function in functions(name)
        if function.end_lineno - function.lineno + 1 > LONGEST_FUNCTION
    ]
    assert not long


def test_templates_have_no_inline_style_script_or_handler():
    inline = r"""\sstyle\s*=|<style\b|<script(?![^>]*\b(?:src=|type="application/(?:ld\+)?json"))|\son[a-z]+\s*="""
    # Mail programs know no style sheet but the inline one.
    assert not found(inline, [n for n in TEMPLATES if not n.startswith("templates/emails/")])


def test_templates_fetch_nothing_from_another_host():
    elsewhere = r"""<(?:script|img|iframe|source|video|audio)\b[^>]*\bsrc=["'](?:https?:)?//|<link\b[^>]*rel=["'](?:stylesheet|preload|icon)["'][^>]*href=["'](?:https?:)?//"""
    assert not found(elsewhere, TEMPLATES)


def test_every_partial_begins_by_naming_what_it_takes():
    assert not [name for name in PARTIALS if not re.match(r"\{# takes:", text(name))]


def test_every_partial_is_included_with_only():
    includes = r"\{%\s*include\s+[\"'][^\"']*/_[^%]*%\}"
    assert not [line for line in found(includes, TEMPLATES) if not re.search(r"\bonly\s*%\}", line)]


def test_every_view_function_says_its_methods_first():
    careless = []
    for name in (n for n in SITE if holds(n, "views")):
        for node in tree(name).body:
            if not isinstance(node, ast.FunctionDef) or not takes_request(node):
                continue
            first = decorator_name(node.decorator_list[0]) if node.decorator_list else ""
            is_error_view = node.name in ERROR_VIEWS or "exception" in argument_names(node)
            if first not in METHOD_DECORATORS and not is_error_view and is_routed(name, node.name):
                careless.append(f"{name}:{node.lineno} {node.name}")
    assert not careless


def argument_names(node):
    return [argument.arg for argument in (*node.args.posonlyargs, *node.args.args)]


def takes_request(node):
    return argument_names(node)[:1] == ["request"]


def decorator_name(decorator):
    target = decorator.func if isinstance(decorator, ast.Call) else decorator
    return getattr(target, "id", getattr(target, "attr", ""))


def is_routed(name, function):
    module = ".".join(Path(name).with_suffix("").parts)
    return any(
        (view := pattern.callback).__name__ == function and view.__module__ == module
        for pattern in url_patterns()
    )


def test_every_view_of_ours_is_a_function_named_as_its_address():
    ours = [p for p in url_patterns() if p.callback.__module__.split(".")[0] in PACKAGES]
    views = [p for p in ours if holds(p.callback.__module__.replace(".", "/") + ".py", "views")]
    assert not [
        f"{p.name} -> {p.callback.__module__}.{p.callback.__name__}"
        for p in views
        if p.name != p.callback.__name__
    ]


def test_views_and_feeds_start_from_what_the_viewer_may_see():
    assert not found(r"\.all\(\)|\bQ\(", surfaces())


def test_views_save_through_forms_and_verbs_only():
    views = [name for name in SITE if holds(name, "views")]
    assert not [
        line for line in found(r"\.save\(", views) if not re.search(r"form\w*\.save\(", line)
    ]


def test_status_changes_through_the_verbs_only():
    verbs = "users/moderation.py"
    assert not [
        hit for n in SITE if n != verbs for hit in calls_with_keyword(n, "update", "status")
    ]
    assert not found(r"\.status = ", [name for name in SITE if name != verbs])


def test_only_the_settings_read_the_environment():
    readers = found(r"os\.environ\b(?!\.setdefault\(.DJANGO_SETTINGS_MODULE)|os\.getenv", SITE)
    assert not [line for line in readers if not line.startswith("config/settings.py:")]


def test_every_url_module_of_an_app_has_its_name_space():
    modules = [n for n in SITE if Path(n).name == "urls.py" and n != "config/urls.py"]
    assert not [n for n in modules if not re.search(r"^app_name = ", text(n), re.MULTILINE)]


def public_models():
    """Those whose rows have a page: who sees it is asked of the manager, or it has a slug."""
    return [
        model
        for model in apps.get_models()
        if model._meta.app_label in PACKAGES
        and not model.__name__.startswith("Former")  # an address that only redirects
        and (hasattr(model._default_manager, "visible_to") or has_field(model, "slug"))
    ]


def has_field(model, name):
    return any(field.name == name for field in model._meta.get_fields())


def test_every_public_model_knows_its_address():
    assert not [m.__name__ for m in public_models() if not hasattr(m, "get_absolute_url")]


def test_concrete_models_keep_the_constraints_of_their_abstract_parents():
    lost = []
    for model in (m for m in apps.get_models() if m._meta.app_label in PACKAGES):
        kept = {constraint.name for constraint in model._meta.constraints}
        for parent in model.__mro__[1:]:
            meta = getattr(parent, "_meta", None)
            if meta is None or not meta.abstract:
                continue
            label = {"app_label": model._meta.app_label, "class": model._meta.model_name}
            lost += [
                f"{model.__name__} lost {constraint.name}"
                for constraint in meta.constraints
                if constraint.name % {k: v.lower() for k, v in label.items()} not in kept
            ]
    assert not lost


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_requirements_are_pinned_with_hashes_and_name_no_host(name):
    lines = text(name).splitlines()
    pins = [line for line in lines if "==" in line]
    assert pins
    assert not [line for line in lines if "://" in line or line.startswith("-")]
    assert all(line.endswith("\\") for line in pins)


def test_both_requirements_pin_the_same_releases():
    def pins(name):
        return set(re.findall(r"^([\w.-]+==[\w.]+)", text(name), re.MULTILINE))

    assert pins("requirements.txt") <= pins("requirements-dev.txt")


def test_no_tracked_file_names_a_path_of_a_machine():
    # Spelled in pieces, so that this file does not name one.
    machine = (
        r"(?<![\w.])/(?:"
        + "|".join(("ro" + "ot", "wo" + "rk", "ho" + "me", "Use" + "rs"))
        + r")/\w"
    )
    machine += "|" + r"(?<![\w.])/t" + r"mp/\w" + "|py" + r"pi\.org|pythonho" + "sted"
    texts = [n for n in FILES if Path(n).suffix in READABLE or n.startswith(".ci/")]
    assert not found(machine, texts)


READABLE = {".py", ".html", ".md", ".toml", ".txt", ".css", ".js", ".svg", ".yml", ".cfg"}


def test_every_test_can_fail():
    empty = []
    for name in (name for name in PYTHON if name.startswith("tests/")):
        helpers = {function.name for function in functions(name) if can_fail(function)}
        empty += [
            f"{name}:{function.lineno} {function.name}"
            for function in functions(name)
            if function.name.startswith("test_") and not can_fail(function, helpers)
        ]
    assert not empty


def can_fail(function, helpers=frozenset()):
    """Whether it asserts something, itself or by a function of its file that does."""
    return any(
        isinstance(node, ast.Assert)
        or (
            isinstance(node, ast.Call)
            and (
                call_name(node) in helpers
                or re.match(r"assert|expect|raises|fail", call_name(node))
            )
        )
        for node in ast.walk(function)
    )


def call_name(node):
    return getattr(node.func, "attr", getattr(node.func, "id", ""))


def test_every_button_of_an_icon_alone_has_a_name():
    alone = re.compile(
        r"<(a|button)\b(?P<attributes>[^>]*)>\s*\{%\s*icon [^%]*%\}\s*</(a|button)>", re.S
    )
    nameless = [
        f"{name}: {match.group(0)[:80]}"
        for name in TEMPLATES
        for match in alone.finditer(text(name))
        if "aria-label" not in match.group("attributes")
    ]
    assert not nameless
