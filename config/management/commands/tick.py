from django.core.management import BaseCommand, CommandError

from config.tick import tick


class Command(BaseCommand):
    help = "Do what is due: scheduled pieces, digests, unfinished uploads, old sessions. For cron."

    def handle(self, *, verbosity, **options):
        done, failed = tick()
        if verbosity > 1:
            for name, count in done.items():
                self.stdout.write(f"{name}: {count}")
        if failed:
            raise CommandError(f"Failed: {', '.join(failed)}. The log says why.")
