from films.admin.film import FilmAdmin
from films.admin.image import ImageAdmin, LicenseAdmin
from films.admin.merge import FilmMergeAdmin
from films.admin.permission import PermissionProofAdmin
from films.admin.person import PersonAdmin
from films.admin.place import CountryAdmin, LanguageAdmin
from films.admin.theme import ThemeAdmin

__all__ = [
    "CountryAdmin",
    "FilmAdmin",
    "FilmMergeAdmin",
    "ImageAdmin",
    "LanguageAdmin",
    "LicenseAdmin",
    "PermissionProofAdmin",
    "PersonAdmin",
    "ThemeAdmin",
]
