from django.core.management import BaseCommand, CommandError

from config import backup
from config.management.progress import bar
from users.visitor_pages import new_epoch


class Command(BaseCommand):
    help = "Bring database and pictures back to what a backup holds. Stop the site before."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("path")
        parser.add_argument(
            "--replace", action="store_true", help="let what is here now go, members and all"
        )

    def handle(self, *, path, replace, verbosity, **options):
        try:
            with bar("files", verbosity) as progress:
                manifest = backup.restore(path, replace=replace, progress=progress)
        except backup.BackupError as error:
            raise CommandError(str(error)) from error
        new_epoch()
        if verbosity:
            self.stdout.write(f"Restored as of {manifest['made_at']}. Now: manage.py migrate")
