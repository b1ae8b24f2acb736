"""Which columns a list asks the database for: what it prints, and no more."""


def along(path, fields):
    """Names of a related row's fields, for `only()`."""
    return [f"{path}__{field}" for field in fields]
