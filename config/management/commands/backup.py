from django.core.management import BaseCommand, CommandError

from config import backup
from config.management.progress import bar


class Command(BaseCommand):
    help = "Write database and pictures, with checksums, into one file; the site may go on."

    def add_arguments(self, parser):
        parser.add_argument("path", help="a new file, .tar or .tar.gz")

    def handle(self, *, path, verbosity, **options):
        try:
            with bar("files", verbosity) as progress:
                manifest = backup.write(path, progress)
        except (backup.BackupError, OSError) as error:
            raise CommandError(str(error)) from error
        if verbosity:
            self.stdout.write(
                f"{sum(manifest['rows'].values()):,} rows and {len(manifest['files']) - 1:,} "
                f"pictures’ files are in {path}."
            )
