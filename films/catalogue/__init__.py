"""The catalogue as files: JSON Lines of countries, themes, people and films (docs/catalogue.md)."""

from films.catalogue.reading import CatalogueError, Problem
from films.catalogue.run import Outcome, import_catalogue

__all__ = ["CatalogueError", "Outcome", "Problem", "import_catalogue"]
