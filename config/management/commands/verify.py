from django.core.management import BaseCommand, CommandError

from config import backup
from config.management.progress import bar


class Command(BaseCommand):
    help = "Read a backup to its end and say whether it is whole."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("path")

    def handle(self, *, path, verbosity, **options):
        try:
            with bar("files", verbosity) as progress:
                manifest = backup.verify(path, progress)
        except backup.BackupError as error:
            raise CommandError(str(error)) from error
        if verbosity:
            rows, files = sum(manifest["rows"].values()), len(manifest["files"]) - 1
            self.stdout.write(
                f"Whole: {rows:,} rows and {files:,} pictures’ files of {manifest['made_at']}."
            )
