"""Each day of `anjuctl calendar show --format csv` against the notices themselves, read once more and simply.

notices.py CSV NOTICES_FOLDER
"""
import csv
import datetime
import json
import pathlib
import sys

notices = [json.loads(p.read_text()) for p in sorted(pathlib.Path(sys.argv[2]).glob("*.json"))]
free, worked, announced = set(), set(), set()
for notice in notices:
    announced.add(notice["year"])
    for holiday in notice["holidays"]:
        day, last = (datetime.date.fromisoformat(holiday[end]) for end in ("from", "to"))
        while day <= last:
            free.add(day)
            worked.discard(day)
            day += datetime.timedelta(days=1)
    for day in map(datetime.date.fromisoformat, notice.get("workdays", [])):
        worked.add(day)
        free.discard(day)

rows = list(csv.DictReader(open(sys.argv[1])))
wrong = []
for row in rows:
    day = datetime.date.fromisoformat(row["date"])
    is_workday = day in worked or (day.weekday() < 5 and day not in free)
    status = "announced" if day.year in announced else "provisional"
    if row["is_workday"] != str(int(is_workday)) or row["status"] != status:
        wrong.append(row)
for row in wrong[:20]:
    print("#", row)
print(f"{len(wrong)} of {len(rows)} days differ from the notices")
sys.exit(0 if not wrong and len(rows) == 4018 else 1)
