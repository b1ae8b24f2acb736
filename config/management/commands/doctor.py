import sys

from django.core.management import BaseCommand

from config import doctor


class Command(BaseCommand):
    help = "Examine settings, services, files, credits, counters and search; changes nothing."
    requires_system_checks = []

    def handle(self, *, verbosity, **options):
        found = doctor.examine()
        for name, findings in found.items():
            if findings or verbosity:
                self.stdout.write(f"{name}: {len(findings) or 'well'}")
            for line in doctor.lines(findings):
                self.stdout.write(line)
        if any(finding.is_serious for findings in found.values() for finding in findings):
            sys.exit(1)
