"""Fill a database and measure: python -m tests.benchmarks --films 1000"""

import argparse
import json
import os
import sys
from pathlib import Path


def arguments():
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--films", type=int, default=1_000)
    parser.add_argument("--reviews", type=int, default=10, help="on average, for each film")
    parser.add_argument("--heavy", type=int, default=20_000, help="reviews of one film")
    parser.add_argument(
        "--times", type=int, default=1, help="what is filled comes so often; PostgreSQL alone"
    )
    parser.add_argument("--runs", type=int, default=40, help="requests for each figure")
    parser.add_argument("--database", help="address of an empty database; SQLite without it")
    parser.add_argument("--keep", action="store_true", help="measure what is there already")
    parser.add_argument(
        "--compare",
        nargs=2,
        type=Path,
        metavar="JSON",
        help="measure both of these again, in turn, and print the growth",
    )
    parser.add_argument(
        "--crowd",
        nargs=3,
        type=int,
        metavar=("READERS", "WRITERS", "SECONDS"),
        help="let so many at once read and write what is there already",
    )
    parser.add_argument("--out", type=Path, help="where the JSON goes")
    return parser.parse_args()


def main():
    options = arguments()
    root = Path(__file__).resolve().parents[2]
    file = root / ".data" / f"bench-{options.films}.sqlite3"
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.benchmarks.settings"
    os.environ["DATABASE_URL"] = options.database or f"sqlite:///{file}"
    if not (options.database or options.keep or options.compare or options.crowd):
        file.parent.mkdir(exist_ok=True)
        for name in (file, f"{file}-wal", f"{file}-shm"):
            Path(name).unlink(missing_ok=True)

    import django

    django.setup()
    from tests.benchmarks import crowd, fill, measure, multiply, pictures

    if options.compare:
        results = (json.loads(file.read_text()) for file in options.compare)
        measure.print_growth(*results, options.runs)
        return
    if options.crowd:
        crowd.print_crowd(crowd.crowd(*options.crowd), options.crowd[-1])
        return
    if not options.keep:
        fill.fill(options.films, options.reviews, options.heavy)
        if options.times > 1:
            multiply.multiply(options.times)
    result = measure.measure(options.runs)
    films = options.films * options.times
    result |= {"films": films, "reviews": options.reviews, "heavy": options.heavy}
    result["url"] = os.environ["DATABASE_URL"]
    measure.print_table(result)
    result["pictures"] = pictures.measure()
    pictures.print_pictures(result["pictures"])
    out = options.out or root / f"bench-{result['database']}-{films}.json"
    out.write_text(json.dumps(result, indent=1))
    sys.stdout.write(f"\nWritten to {out.name}\n")


if __name__ == "__main__":
    main()
