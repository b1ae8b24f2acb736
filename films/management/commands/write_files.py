from django.core.management import BaseCommand, CommandError
from tqdm import tqdm

from films.models import FileErrand


class Command(BaseCommand):
    help = "Write now what pictures' files still lack: AVIF, and a credit that has changed."

    def handle(self, *, verbosity, **options):
        failed = []
        keys = list(FileErrand.objects.order_by("pk").values_list("pk", flat=True))
        for pk in tqdm(keys, unit=" pictures", disable=None if verbosity else True, leave=False):
            try:
                FileErrand.objects.again(pk)
            except Exception as error:  # the next picture is another matter
                failed.append(f"errand {pk}: {error!r}")
        if failed:
            raise CommandError("\n".join(failed))
        if verbosity:
            self.stdout.write(f"{len(keys)} pictures have all their files.")
