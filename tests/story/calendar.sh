#!/bin/sh
# Next year's notice arrives: every open working-day deadline moves, and says so. It is tried out first, the daemon is
# killed (SIGKILL) again and again while it counts, and in the end each case has moved once. Then the notice is revised,
# a bad one is refused, and the plugin brings one while nobody is looking.
#   anjud anjuctl PLUGINS DATA [KILLS [CASES]]     PLUGINS has calendar_cn; DATA holds county/ and the notices
set -u
anjud=$1 anjuctl=$2 plugins=$3 data=$4 kills=${5:-5} cases=${6:-3000}
dir=$(mktemp -d)
chmod 700 "$dir"
daemon=
export ANJU_SOCKET="$dir/s" ANJU_LANG=en
store="$dir/data"
n=0

end() {
	if [ -n "$daemon" ]; then kill -9 "$daemon" 2>/dev/null && wait "$daemon" 2>/dev/null; fi
	rm -rf "$dir"
}
trap end EXIT

fail() {
	echo "not ok: $*" >&2
	tail -n 20 "$dir"/*.log >&2
	exit 1
}

ok() { # what was expected, then the command that shows it
	n=$((n + 1))
	what=$1
	shift
	if "$@"; then echo "ok $n - $what"; else echo "not ok $n - $what"; fi
}

start() {
	"$anjud" --data "$store" --socket "$ANJU_SOCKET" --packs "$data" --plugins "$plugins" \
		--config "$dir/config.json" --clock manual --start 2026-12-21T08:30:00+08:00 \
		2>>"$dir/anjud.log" &
	daemon=$!
	tries=0
	until "$anjuctl" status >/dev/null 2>&1; do
		tries=$((tries + 1))
		[ "$tries" -lt 300 ] || fail 'the daemon does not answer'
		kill -0 "$daemon" 2>/dev/null || fail 'the daemon has ended'
		sleep 0.1
	done
}

stop() {
	kill "$daemon"
	wait "$daemon" || fail 'the daemon does not stop well'
	daemon=
}

# The plugin's own notices: in a folder of this test, so that a year can be added to it.
mkdir "$dir/notices"
cp "$plugins"/calendar_cn/notices/2026.json "$dir/notices/" 2>/dev/null ||
	cp "$(dirname "$data")/../../plugins/calendar_cn/notices/2026.json" "$dir/notices/" || fail 'no notices'
echo "{\"ics_folder\": \"$dir/ics\", \"limits\": {\"ics_every_s\": 1}, \"plugin_config\": {\"calendar_cn\": {\"notices\": \"$dir/notices\"}, \"notify_spool\": {}}}" >"$dir/config.json"

script() {
	awk -v cases="$cases" 'BEGIN {
		for (i = 0; i < cases; i++)
			printf "{\"at\":\"2026-12-21T08:30:00+08:00\",\"as\":\"610322.land\",\"method\":\"case.open\",\"params\":{\"workflow\":\"matter\",\"key\":\"%05d\",\"data\":{\"subject\":\"s%d\",\"town\":\"610322101.town\",\"begins_on\":\"2027-03-01\"}},\"expect\":\"ok\"}\n", i, i
	}'
}

# case, deadline or timer, name, status, due of each
facts() {
	awk '$1 == "case" { c = $2 }
	$1 == "entry" && $5 == "deadline.moved" { moved[c]++ }
	$1 == "deadline" || $1 == "timer" { print c, $1, $2, $4, $5, $6, $8 }
	END { for (c in moved) print c, "moved", moved[c] }' "$1" | sort
}

script >"$dir/script.jsonl"
start
"$anjuctl" replay "$dir/script.jsonl" >"$dir/replay.log" 2>&1 || fail 'the script'
"$anjuctl" calendar list >"$dir/list.log" 2>&1
ok 'next year has no notice yet' grep -q '^2027  *provisional' "$dir/list.log"
"$anjuctl" deadline list --case matter/00000 >"$dir/list.log" 2>&1
ok 'what is counted in it is marked' grep -q '^2027-01-04 (provisional) ' "$dir/list.log"
"$anjuctl" case get matter/00000 >"$dir/list.log" 2>&1
ok 'also where a case is shown' grep -q '2027-01-04.*provisional' "$dir/list.log"

# --- tried out ---
stop
"$anjuctl" store dump --data "$store" >"$dir/before.dump" || fail 'the dump'
start
"$anjuctl" calendar load "$data/2027.json" --dry-run >"$dir/dry.log" 2>&1
ok 'a dry run lists what would move' grep -q 'matter/00000 .*2027-01-04  *2027-01-05  *610322.land' "$dir/dry.log"
ok 'and counts it by unit' grep -q "by unit: 610322.land $cases" "$dir/dry.log"
"$anjuctl" calendar load "$data/2027.json" --dry-run --json >"$dir/dry.json" 2>&1
ok 'as JSON too, all of it' sh -c "
	[ \$(tr -d ' \n' <'$dir/dry.json' | grep -o '\"due\":\"2027-01-05\"' | wc -l) -eq $cases ]"
stop
"$anjuctl" store dump --data "$store" | cmp -s - "$dir/before.dump"
ok 'and changes nothing' [ $? -eq 0 ]

# --- bad notices ---
refuses() { # where, found, allowed; then sed script
	sed "$4" "$data/2027.json" >"$dir/bad.json"
	"$anjuctl" calendar load "$dir/bad.json" >"$dir/bad.log" 2>&1
	[ $? -ne 0 ] && grep -q "bad.json#$1" "$dir/bad.log" && grep -q "$2" "$dir/bad.log" && grep -q "$3" "$dir/bad.log" ||
		{ cat "$dir/bad.log" >&2; return 1; }
}
start
ok 'a day that is none' refuses /holidays/0/to 2027-02-30 YYYY-MM-DD 's/2027-01-03/2027-02-30/'
ok 'a make-up day that is no weekend' refuses /workdays/0 2027-02-01 'Saturday\|weekend' 's/2027-01-31/2027-02-01/'
ok 'a year out of range' refuses /year 2527 2199 's/"year": 2027/"year": 2527/'
ok 'an unknown status' refuses /status perhaps announced 's/"announced"/"perhaps"/'
"$anjuctl" calendar load "$dir/nowhere.json" >"$dir/bad.log" 2>&1
ok 'no such file' [ $? -ne 0 ]
"$anjuctl" calendar list >"$dir/list.log" 2>&1
ok 'nothing of them is in force' grep -q '^2027  *provisional' "$dir/list.log"

# --- it arrives, and the daemon is killed on the way ---
done=0
"$anjuctl" calendar load "$data/2027.json" --as 610322.land/Wang --detach --json >"$dir/job.log" 2>&1 ||
	fail 'the notice is not taken'
while [ "$done" -lt "$kills" ]; do
	sleep "$(printf '0.%02d' $((5 + done * 37 % 23)))"
	"$anjuctl" case open "matter/n$done" subject=new town=610322101.town --as 610322.land \
		>>"$dir/act.log" 2>&1 || fail 'other work does not go on'
	"$anjuctl" call deadline.recomputed --json >"$dir/job.json" 2>&1
	grep -q '"state": *"running"' "$dir/job.json" || break
	kill -9 "$daemon"
	wait "$daemon" 2>/dev/null
	done=$((done + 1))
	start
done
ok "the daemon was killed while it counted ($done times)" [ "$done" -gt 0 ]
tries=0
until "$anjuctl" call deadline.recomputed --json >"$dir/job.json" 2>&1 && grep -q '"state": *"done"' "$dir/job.json"; do
	tries=$((tries + 1))
	[ "$tries" -lt 600 ] || fail 'counting does not end'
	sleep 0.1
done
ok 'it goes on by itself, and each case counts once' sh -c "
	tr -d ' \n' <'$dir/job.json' | grep -q '\"cases\":$cases,\"moved\":$((2 * cases)),\"unmarked\":$cases,\"failed\":0,\"units\":{\"610322.land\":$cases}'"
"$anjuctl" calendar list >"$dir/list.log" 2>&1
ok 'the notice is in force, from where and by whom' \
	grep -q '^2027  *announced .*2026-12-25  *loaded  *2026-12-21 610322.land/Wang' "$dir/list.log"
"$anjuctl" deadline list --case matter/00000 >"$dir/list.log" 2>&1
ok 'the date has moved and is no longer provisional' grep -q '^2027-01-05  *open  *matter/00000  *answer' "$dir/list.log"
ok 'one that stays has lost its mark' grep -q '^2027-03-08  *open  *matter/00000  *brief' "$dir/list.log"
"$anjuctl" case history matter/00000 >"$dir/list.log" 2>&1
ok 'its history says from when to when, by whom and why' \
	grep -q '610322.land/Wang  *deadline.moved  .*2026.*9.*answer 2027-01-04 → 2027-01-05' "$dir/list.log"
stop
ok 'rows, chains and folds are sound' sh -c "'$anjuctl' store check --data '$store' >'$dir/check.log' 2>&1"
"$anjuctl" store dump --data "$store" >"$dir/after.dump" || fail 'the dump'
facts "$dir/after.dump" >"$dir/after.facts"
ok 'each moved exactly once' [ "$(grep -c '^matter/0.* moved 1$' "$dir/after.facts")" -eq "$cases" ]
ok 'and none twice' [ "$(grep -c ' moved ' "$dir/after.facts")" -eq "$cases" ]

# --- units are told, reminders keep to the new dates ---
start
"$anjuctl" clock advance --to 2026-12-22T09:00+08:00 >/dev/null 2>&1
"$anjuctl" message list --unit 610322.land --all --json >"$dir/messages.json" 2>&1
ok 'the unit reads it in its digest' \
	grep -q "$cases x Matter: answer, due 2027-01-05 (you lead): moved from 2027-01-04 to 2027-01-05 because of: Notice on the holidays of 2027" "$dir/messages.json"
"$anjuctl" clock advance --to 2027-01-04T09:00+08:00 >/dev/null 2>&1
"$anjuctl" message list --unit 610322.land --all --json >"$dir/messages.json" 2>&1
tr -d '\n' <"$dir/messages.json" | sed 's/{"id":[0-9]/\n&/g' | grep '"created_at":"2027-01-04' >"$dir/old.day"
ok 'on the old day there is a digest' grep -q 'post a notice' "$dir/old.day"
grep -q 'answer' "$dir/old.day"
ok 'and nobody is reminded in it' [ $? -ne 0 ]
"$anjuctl" calendar load "$data/2027-revised.json" >"$dir/load.log" 2>&1
ok 'a revision moves them again' grep -q 'matter/00000 .*2027-01-05  *2027-01-06' "$dir/load.log"
"$anjuctl" calendar load "$data/2027.json" >"$dir/bad.log" 2>&1
ok 'an older notice is refused' sh -c "[ $? -ne 0 ] && grep -q '#/source/issued.*2026-12-25.*2027-01-02' '$dir/bad.log'"
"$anjuctl" deadline recompute --dry-run >"$dir/load.log" 2>&1
ok 'counting again finds nothing more to move' grep -q ' 0 with 0 dates that move' "$dir/load.log"
"$anjuctl" clock advance --to 2027-01-06T09:00+08:00 >/dev/null 2>&1
"$anjuctl" message list --unit 610322.land --all --json >"$dir/messages.json" 2>&1
ok 'they are on the new one' grep -q "x Matter: answer, due 2027-01-06 (you lead)" "$dir/messages.json"
"$anjuctl" clock advance --to 2027-01-08T09:00+08:00 >/dev/null 2>&1
"$anjuctl" case get matter/00000 >"$dir/list.log" 2>&1
ok 'a timer in working days still waits' grep -q 'received\|Received' "$dir/list.log"
"$anjuctl" clock advance --to 2027-01-09T09:00+08:00 >/dev/null 2>&1
"$anjuctl" case get matter/00000 >"$dir/list.log" 2>&1
ok 'and fires by the new calendar' grep -q 'reminded\|Reminded' "$dir/list.log"

# --- calendars: read back by another parser than the one that wrote them ---
parses() { # file, what is to hold of its events
	"$python" - "$1" "$2" <<'EOF'
import sys
import icalendar
text = open(sys.argv[1], "rb").read()
assert all(len(line) <= 75 for line in text.split(b"\r\n")), "a line is too long"
assert b"\n" not in text.replace(b"\r\n", b""), "a bare line feed"
cal = icalendar.Calendar.from_ical(text)
assert cal["METHOD"] == "PUBLISH" and cal["VERSION"] == "2.0"
events = {str(e["SUMMARY"]): e for e in cal.walk("VEVENT")}
of = lambda words: [e for s, e in events.items() if words in s]
assert len({str(e["UID"]) for e in events.values()}) == len(events), "a UID comes twice"
assert eval("(" + sys.argv[2] + ")"), sorted(events)
EOF
}
python=
for p in python3 /usr/bin/python3; do
	"$p" -c 'import icalendar' 2>/dev/null && python=$p && break
done
[ -n "$python" ] || fail 'python3-icalendar is not installed'
"$anjuctl" case open matter/ics-a "subject=x" town=610322101.town begins_on=2027-03-01 --as 610322.land >/dev/null 2>&1
"$anjuctl" case open matter/ics-b "subject=y" town=610322101.town begins_on=2028-03-01 --as 610322.land >/dev/null 2>&1
"$anjuctl" calendar export --unit 610322.land --output "$dir/a.ics" >"$dir/export.log" 2>&1
ok 'a unit has its deadlines as a calendar' parses "$dir/a.ics" '
	of("ics-a")[0]["STATUS"] == "CONFIRMED" and of("ics-a")[0]["SEQUENCE"] == 0 and
	str(of("brief (Matter ics-a")[0]["DTSTART"].dt) == "2027-03-08" and
	len(of("ics-a")[0].walk("VALARM")) == 1'
ok 'a year without a notice shows in it' parses "$dir/a.ics" '
	of("brief (Matter ics-b")[0]["STATUS"] == "TENTATIVE" and "provisional" in str(of("brief (Matter ics-b")[0]["SUMMARY"])'
ok 'a date that moved has a greater sequence number' parses "$dir/a.ics" 'of("brief (Matter 00000")[0]["SEQUENCE"] > 0 or
	of("answer (Matter 00000")[0]["SEQUENCE"] > 2'
"$anjuctl" case send matter/ics-a answer --as 610322.land >/dev/null 2>&1
ANJU_LANG=zh "$anjuctl" calendar export --unit 610322.land --from 2027-03-01 --to 2027-03-31 --output "$dir/b.ics" >"$dir/export.log" 2>&1
ok 'what is over is cancelled, in the language asked for' parses "$dir/b.ics" '
	of("已结：交底（事项 ics-a")[0]["STATUS"] == "CANCELLED" and not of("ics-b") and
	not of("已结：交底（事项 ics-a")[0].walk("VALARM")'
uid() { # summary, file
	tr -d '\r' <"$2" | awk -v s="$1" '/^UID:/ { u = $0 } index($0, s) { print u; exit }'
}
ok 'under the UID it had' [ "$(uid 'brief (Matter ics-a' "$dir/a.ics")" = "$(uid '交底（事项 ics-a' "$dir/b.ics")" ]
tries=0
until grep -q 'over: brief (Matter ics-a' "$dir/ics/610322.land.ics" 2>/dev/null; do
	tries=$((tries + 1))
	[ "$tries" -lt 200 ] || break
	sleep 0.1
done
ok 'the folder to subscribe to follows' parses "$dir/ics/610322.land.ics" 'of("over: brief (Matter ics-a")'
ok 'for others to read, without leavings' sh -c "[ -z \"\$(find '$dir/ics' -name '*.next')\" ] &&
	[ \"\$(stat -c %a '$dir/ics/610322101.town.ics')\" = 644 ]"
was=$(stat -c %i%Y "$dir/ics/610322101.town.ics")
for day in 10 20; do # written twice, so that the second file of the first time is there too
	"$anjuctl" case send matter/ics-b amend begins_on=2028-05-$day --reason later --as 610322.land >/dev/null 2>&1
	due=$("$anjuctl" deadline list --case matter/ics-b 2>&1 | sed -n 's/^\([0-9]*\)-\([0-9]*\)-\([0-9]*\) .* brief .*/\1\2\3/p')
	[ -n "$due" ] || fail 'a deadline that is amended'
	tries=0
	until grep -q "^DTSTART;VALUE=DATE:$due" "$dir/ics/610322.land.ics"; do
		tries=$((tries + 1))
		[ "$tries" -lt 200 ] || break
		sleep 0.1
	done
done
ok 'and only what changed is written' [ "$was" = "$(stat -c %i%Y "$dir/ics/610322101.town.ics")" ]
"$anjuctl" calendar export --unit nobody >"$dir/bad.log" 2>&1
ok 'a unit that is none' sh -c "[ $? -ne 0 ] && grep -q 'no unit nobody' '$dir/bad.log'"

# --- the plugin ships one: issued later than what was loaded, it counts, and the next start counts again ---
"$anjuctl" case open matter/late subject=late town=610322101.town begins_on=2027-02-01 --as 610322.land >/dev/null 2>&1
stop
sed 's/"issued": "2027-01-02"/"issued": "2027-01-20"/; s/2027-02-11/2027-02-12/; s/, "2027-02-13"//' \
	"$data/2027-revised.json" >"$dir/notices/2027.json"
start
tries=0
until "$anjuctl" calendar list 2>&1 | grep -q '^2027  *announced .*2027-01-20  *plugin'; do
	tries=$((tries + 1))
	[ "$tries" -lt 50 ] || break
	sleep 0.1
done
ok "the plugin's newer notice is in force" [ "$tries" -lt 50 ]
tries=0
until "$anjuctl" deadline list --case matter/late 2>&1 | grep -q '^2027-02-16 .*brief'; do
	tries=$((tries + 1))
	[ "$tries" -lt 100 ] || break
	sleep 0.1
done
ok 'and what is open has moved by itself' [ "$tries" -lt 100 ]
stop
ok 'all is sound in the end' sh -c "'$anjuctl' store check --data '$store' >'$dir/check.log' 2>&1"
echo "1..$n"
