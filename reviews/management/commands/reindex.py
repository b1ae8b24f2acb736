import sys
from itertools import chain

from django.core.management import BaseCommand

import films.reindex
import reviews.reindex


class Command(BaseCommand):
    help = "Write anew what search reads; say what differed, and mend it."

    def add_arguments(self, parser):
        parser.add_argument(
            "--check", action="store_true", help="mend nothing; exit with 1 if something differs"
        )

    def handle(self, *, check, verbosity, **options):
        found = 0
        for difference in chain(films.reindex.reindex(check), reviews.reindex.reindex(check)):
            found += 1
            if verbosity > 1 or check:
                self.stdout.write(str(difference))
        if verbosity:
            done = "differ" if check else "differed and were mended"
            self.stdout.write(f"{found} entries {done}." if found else "Every entry is right.")
        if check and found:
            sys.exit(1)
