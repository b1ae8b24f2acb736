import sys

from django.core.management import BaseCommand

from config import doctor


class Command(BaseCommand):
    help = "Examine settings, services, files, credits, counters and search; changes nothing."
    requires_system_checks = []

    def handle(self, *, verbosity, **options):
        is_ill = False
        for name, findings in doctor.examine():
            is_ill |= any(finding.is_serious for finding in findings)
            if findings or verbosity:
                self.stdout.write(f"{name}: {len(findings) or 'well'}")
            for line in doctor.lines(findings):
                self.stdout.write(line)
        if is_ill:
            sys.exit(1)
