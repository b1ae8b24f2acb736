from django.core.management import BaseCommand, CommandError
from tqdm import tqdm

from films.images import SEEN
from films.models import FileErrand, Image
from films.models.files import UNSEEN, in_folder
from films.verifying import stored_in


class Command(BaseCommand):
    help = "Write now what pictures' files still lack: AVIF, a credit that has changed, files lost."

    def handle(self, *, verbosity, **options):
        failed = []
        want_what_is_amiss()
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


def want_what_is_amiss():
    there = {name for folder in (SEEN, UNSEEN) for name in stored_in(f"{folder}/")}
    for image in Image.objects.exclude(derivatives=[]).iterator():
        lacks = image.folder and any(file["name"] not in there for file in image.derivatives)
        if lacks or is_open_still(image, there):
            FileErrand.objects.want(image)


def is_open_still(image, there):
    """Whether a file lies where everybody may fetch it, though readers are not to have it."""
    names = {in_folder(SEEN, file) for file in image.derivatives}
    return image.folder != SEEN and not names.isdisjoint(there)
