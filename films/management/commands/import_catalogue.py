from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from films.catalogue import CatalogueError, import_catalogue

COLUMNS = ("created", "updated", "unchanged", "skipped", "bad")


class Command(BaseCommand):
    help = "Bring the catalogue to what JSON Lines files say (docs/catalogue.md)."

    def add_arguments(self, parser):
        parser.add_argument("paths", nargs="+", metavar="PATH", help="a file, or a folder of them")
        parser.add_argument("--dry-run", action="store_true", help="say what would change")
        parser.add_argument(
            "--skip-bad", action="store_true", help="take the good lines of a file with bad ones"
        )

    def handle(self, *, paths, dry_run, skip_bad, **options):
        bars = Bars(quiet=options["verbosity"] == 0)
        try:
            outcome = import_catalogue(
                paths, dry_run=dry_run, skip_bad=skip_bad, progress=bars.advance
            )
        except CatalogueError as error:
            raise CommandError(str(error)) from error
        finally:
            bars.close()
        for problem in outcome.problems:
            self.stderr.write(str(problem))
        if outcome.bad > len(outcome.problems):
            self.stderr.write(f"… and {outcome.bad - len(outcome.problems)} more bad lines.")
        if outcome.bad and not skip_bad:
            lines = "1 bad line" if outcome.bad == 1 else f"{outcome.bad} bad lines"
            raise CommandError(f"{lines}: nothing was changed. --skip-bad takes the good ones.")
        if options["verbosity"]:
            self.print_counts(outcome, dry_run)

    def print_counts(self, outcome, dry_run):
        for kind, counts in outcome.counts.items():
            figures = ", ".join(f"{counts[name]} {name}" for name in COLUMNS)
            self.stdout.write(f"{kind}: {figures}")
        if dry_run:
            self.stdout.write("A dry run: nothing was changed.")


class Bars:
    """A progress bar for each kind and step; silent where nobody watches."""

    def __init__(self, quiet=False):
        self.quiet, self.bar, self.now = quiet, None, None

    def advance(self, kind, step, lines):
        if (kind, step) != self.now:
            self.close()
            self.now = (kind, step)
            self.bar = tqdm(desc=f"{step} {kind}", unit=" lines", disable=self.quiet or None)
        self.bar.update(lines)

    def close(self):
        if self.bar is not None:
            self.bar.close()
