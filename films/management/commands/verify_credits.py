import json

from django.core.management import BaseCommand
from tqdm import tqdm

from films.verifying import verify


class Command(BaseCommand):
    help = "Read every picture's files back: is each there, and does it say what the record says?"

    def add_arguments(self, parser):
        parser.add_argument("--json", action="store_true", help="each difference as a line of JSON")

    def handle(self, *, verbosity, **options):
        say = as_json if options["json"] else str
        found = 0
        with tqdm(unit=" files", disable=None if verbosity else True, leave=False) as bar:
            for found, difference in enumerate(verify(bar.update), 1):  # noqa: B007
                self.stdout.write(say(difference))
        if found:
            self.stderr.write(f"Differences: {found}")
            raise SystemExit(1)
        if verbosity and not options["json"]:
            self.stdout.write("Every file says what its record says.")


def as_json(difference):
    return json.dumps(difference._asdict(), ensure_ascii=False)
