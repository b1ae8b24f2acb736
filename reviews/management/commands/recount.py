import sys
from itertools import chain

from django.core.management import BaseCommand

import films.recount
import reviews.recount


class Command(BaseCommand):
    help = "Compute every stored counter anew; say what differed, and mend it."

    def add_arguments(self, parser):
        parser.add_argument(
            "--check", action="store_true", help="mend nothing; exit with 1 if something differs"
        )

    def handle(self, *, check, verbosity, **options):
        found = 0
        for difference in chain(films.recount.recount(check), reviews.recount.recount(check)):
            found += 1
            self.stdout.write(str(difference))
        if verbosity:
            done = "differ" if check else "differed and were mended"
            self.stdout.write(f"{found} counters {done}." if found else "Every counter is right.")
        if check and found:
            sys.exit(1)
