#!/bin/sh
# A workflow changes under 20,000 open cases in all its states: they live on under the old definition, a plan is tried
# and carried out, the daemon is killed (SIGKILL) again and again meanwhile, and in the end each case has moved once.
#   anjud anjuctl DATA [KILLS [CASES]]     DATA holds old/ and new/, the packs before and after
set -u
anjud=$1 anjuctl=$2 data=$3 kills=${4:-6} cases=${5:-22000}
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

start() { # packs
	"$anjud" --data "$store" --socket "$ANJU_SOCKET" --packs "$data/$1" --clock manual \
		--start 2017-08-16T08:30:00+08:00 2>>"$dir/anjud.log" &
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

# Cases by number: what is left over when it is divided by eleven says in which state it ends up. The tenth is over.
script() {
	awk -v cases="$cases" '
	function line(at, method, params) {
		printf "{\"at\":\"%s\",\"as\":\"610322.land\",\"method\":\"%s\",\"params\":{%s},\"expect\":\"ok\"}\n",
			at, method, params
	}
	function open(at, i, more) {
		line(at, "case.open", sprintf("\"workflow\":\"plot\",\"key\":\"%05d\",\"data\":{\"owner\":\"o%d\",\"town\":\"610322101.town\",\"note\":\"n%d\"%s}", i, i, i, more))
	}
	function send(at, i, event, more) {
		line(at, "case.send", sprintf("\"case\":\"plot/%05d\",\"event\":\"%s\"%s", i, event, more))
	}
	BEGIN {
		first = "2017-08-16T08:30:00+08:00"; later = "2017-09-20T08:30:00+08:00"
		for (i = 0; i < cases; i++)
			if (i % 11 == 2) open(first, i, "")
		for (i = 0; i < cases; i++) {
			g = i % 11
			if (g == 2) continue
			area = i % 110 == 3 ? "450.00" : "80.00"
			open(later, i, (g == 0 || g == 9 ? ",\"due_on\":\"2017-10-31\"" : "") ",\"area_m2\":\"" area "\",\"colour\":\"red\"")
			if (g < 3 || g == 9) continue
			send(later, i, "measured", ",\"docs\":[{\"kind\":\"deed\",\"ref\":\"d\"},{\"kind\":\"sketch\",\"ref\":\"s\"}]")
			if (g != 3 && g != 5) send(later, i, "papers_checked", "")
			if (g == 5 || g == 7 || g == 8 || g == 10) send(later, i, "ground_checked", "")
			if (g == 6) send(later, i, "pause", "")
			if (g == 10) send(later, i, "issue", "")
		}
	}'
}

plan() { # member to leave out
	"$anjuctl" workflow diff "$data/old" "$data/new" --plan "$dir/plan.json" >"$dir/diff.log" 2>&1 ||
		fail 'workflow diff'
	sed -i 's/"reason": ""/"reason": "the survey has a new form"/; s/"grade": null/"grade": "B"/
		s/"area_m2": null/"area_m2": "400.00"/' "$dir/plan.json"
}

variant() { # sed script: a plan that is wrong in one place
	sed "$1" "$dir/plan.json" >"$dir/wrong.json"
	"$anjuctl" workflow migrate "$dir/wrong.json" --dry-run >"$dir/wrong.out" 2>&1
}

refuses() { # message, sed script
	variant "$2"
	[ $? -eq 1 ] && grep -q "$1" "$dir/wrong.out" || { cat "$dir/wrong.out" >&2; return 1; }
}

# name, key=value... of each case: what a dump says in few words
facts() {
	awk '$1 == "case" { c = $2; for (i = 3; i <= NF; i++) if ($i ~ /^definition=/) print c, $i }
	$1 == "state" { print c, $0 }
	$1 == "entry" && $5 == "case.migrate" { moved[c]++ }
	$1 == "deadline" || $1 == "timer" { print c, $1, $2, $4, $5, $6, $8 }
	END { for (c in moved) print c, "moved", moved[c] }' "$1" | sort
}

count() { # pattern, file
	grep -c "$1" "$2"
}

open_cases=$((cases / 11 * 10))
group=$((cases / 11))

script >"$dir/script.jsonl"
start old
"$anjuctl" replay "$dir/script.jsonl" >"$dir/replay.log" 2>&1 || fail 'the script'
grep -q ' 0 not as expected' "$dir/replay.log" || fail 'acts that did not go as the script says'
stop
"$anjuctl" store dump --data "$store" >"$dir/before.dump" || fail 'the dump'
facts "$dir/before.dump" >"$dir/before.facts"

# --- another pack, and nobody is stopped ---
plan
start new
"$anjuctl" case send plot/00000 measured --as 610322.land --dry-run >"$dir/act.log" 2>&1
ok 'a case lives on under its old definition' [ $? -eq 0 ]
"$anjuctl" case get plot/00000 >"$dir/act.log" 2>&1
ok 'and says so' grep -q '1.0.0 (.*), not the one in force' "$dir/act.log"

"$anjuctl" workflow list >"$dir/act.log" 2>&1
ok 'what is left under the old one is listed' grep -q "1.0.0 (.*): $open_cases" "$dir/act.log"

# --- plans that will not do ---
ok 'a wrong hash is refused' refuses "definition's hash" 's/"hash": "ffb\{0,1\}[0-9a-f]*"/"hash": "00"/2;/"to"/,/}/s/"hash": "[0-9a-f]*"/"hash": "00"/'
ok 'a state without a place is refused' refuses 'no state .survey' '/"survey": /d'
ok 'a required field without a default is refused' refuses 'grade.* is required' 's/"grade": "B"//'
ok 'a default out of bounds is refused' refuses 'area' 's/"400.00"/"400.01"/'
ok 'a deadline that is gone is refused' refuses 'no .visit' '/"visit": /d'
ok 'an unknown state is refused' refuses 'no state .nowhere' 's/"survey": "inspection"/"survey": "nowhere"/'
"$anjuctl" workflow migrate "$dir/plan.json" --as 610322.land/Wang --dry-run >"$dir/wrong.out" 2>&1
ok 'values out of the new bounds are listed' sh -c "
	sed '/\"replace\"/,/}/d' '$dir/plan.json' >'$dir/wrong.json'
	'$anjuctl' workflow migrate '$dir/wrong.json' --dry-run >'$dir/dry.log' 2>&1
	[ \$? -eq 4 ] && grep -q ' $((cases / 110)) do not fit' '$dir/dry.log' && grep -q 'plot/00003 (review' '$dir/dry.log'"
"$anjuctl" workflow migrate "$dir/plan.json" --dry-run >"$dir/dry.log" 2>&1
ok 'the dry run counts all states before and after' sh -c "
	grep -q '^survey  *$((3 * group))  *0' '$dir/dry.log' &&
	grep -q '^inspection  *0  *$((3 * group))' '$dir/dry.log' &&
	grep -q '^review.photos.missing  *0  *$((3 * group))' '$dir/dry.log' &&
	grep -q ' 0 do not fit' '$dir/dry.log'"
"$anjuctl" store dump --data "$store" | cmp -s - "$dir/before.dump"
ok 'and changes nothing' [ $? -eq 0 ]

# --- carried out, with the daemon killed on the way ---
done=0
"$anjuctl" workflow migrate "$dir/plan.json" --as 610322.land/Wang --detach --json >"$dir/job.log" 2>&1 ||
	fail 'the migration does not begin'
job=$(sed -n 's/.*"job": *\([0-9]*\).*/\1/p' "$dir/job.log")
while [ "$done" -lt "$kills" ]; do
	sleep "$(printf '0.%02d' $((25 + done * 37 % 29)))"
	"$anjuctl" case open "plot/n$done" owner=new town=610322101.town grade=A --as 610322.land \
		>>"$dir/act.log" 2>&1 || fail 'other work does not go on'
	"$anjuctl" migration list --json >"$dir/list.json" 2>&1
	grep -q '"state": *"running"' "$dir/list.json" || break
	kill -9 "$daemon"
	wait "$daemon" 2>/dev/null
	done=$((done + 1))
	start new
done
ok "the daemon was killed while it migrated ($done times)" [ "$done" -gt 1 ]
"$anjuctl" workflow migrate "$dir/plan.json" >"$dir/job.log" 2>&1
ok 'it goes on by itself, and the same command joins it' [ $? -eq 0 ]
"$anjuctl" migration list --json >"$dir/list.json"
ok 'all there were have moved' sh -c "'$anjuctl' migration status $job --json | tr -d ' \n' |
	grep -q '\"state\":\"done\".*\"total\":$open_cases,\"moved\":$open_cases,.*\"unfit\":0'"
stop
ok 'rows, chains and folds are sound' sh -c "'$anjuctl' store check --data '$store' >'$dir/check.log' 2>&1"
"$anjuctl" store dump --data "$store" >"$dir/after.dump" || fail 'the dump'
facts "$dir/after.dump" | grep -v '^plot/n' >"$dir/after.facts"

new=$(sed -n 's/.*"hash": "\([0-9a-f]*\)".*/\1/p' "$dir/plan.json" | sed -n 2p)
ok 'every open case is under the new definition' [ "$(count "definition=$new" "$dir/after.facts")" -eq "$open_cases" ]
ok 'each moved exactly once' [ "$(count ' moved 1$' "$dir/after.facts")" -eq "$open_cases" ]
ok 'and none twice' [ "$(count ' moved ' "$dir/after.facts")" -eq "$open_cases" ]
ok 'states are where the plan says' sh -c "
	[ \$(grep -c ' state inspection\$' '$dir/after.facts') -eq $((3 * group)) ] &&
	[ \$(grep -c ' state parked\$' '$dir/after.facts') -eq $group ] &&
	[ \$(grep -c ' state review.papers.pending review.ground.open review.photos.missing\(|.*\)\{0,1\}\$' '$dir/after.facts') -eq $group ] &&
	[ \$(grep -c ' state review.papers.checked review.ground.open review.photos.missing\(|.*\)\{0,1\}\$' '$dir/after.facts') -eq $group ] &&
	[ \$(grep -c ' state archive.waiting\(|.*\)\{0,1\}\$' '$dir/after.facts') -eq $((2 * group)) ] &&
	[ \$(grep -c ' state closed|.*!\$' '$dir/after.facts') -eq $group ]"
due() { # deadline, status, file: case and date of those
	awk -v name="$1" -v status="$2" '$2 == "deadline" && $3 == name && $4 == status { print $1, $6 }' "$3"
}
due measure open "$dir/before.facts" >"$dir/a"
due measure open "$dir/after.facts" >"$dir/b"
ok 'deadlines that are kept have their dates' cmp -s "$dir/a" "$dir/b"
ok 'those given up are waived' sh -c "
	[ \$(grep -c ' deadline visit waived ' '$dir/after.facts') -eq $((3 * group)) ] &&
	[ \$(grep -c ' deadline visit open ' '$dir/after.facts') -eq 0 ]"
ok 'new ones count from the day of the move' sh -c "
	[ \$(grep -c ' deadline boundary open .*due=2017-10-06' '$dir/after.facts') -eq $((3 * group)) ]"
awk '$2 == "timer" && $4 == "open" { print $1, $6 }' "$dir/before.facts" >"$dir/a"
awk '$2 == "timer" && $4 == "open" { print $1, $6 }' "$dir/after.facts" >"$dir/b"
ok 'timers keep what remains' cmp -s "$dir/a" "$dir/b"
ok 'fields are renamed, filled, replaced and dropped' sh -c "
	grep -A2 '^case plot/00003 ' '$dir/after.dump' | grep -q '\"area_m2\":\"400.00\",\"grade\":\"B\",\"owner\":\"o3\",\"remark\":\"n3\",\"town\"'"

# --- and life goes on ---
start new
act() {
	"$anjuctl" case send "$1" "$2" --as 610322.land --json >"$dir/act.log" 2>&1
}
ok 'an event under the new definition' act plot/00000 measured
ok 'its deadline is met' sh -c "'$anjuctl' deadline list --case plot/00000 --status met --json | grep -q '\"boundary\"'"
ok 'what was remembered is where it was' sh -c "
	'$anjuctl' case send plot/00006 go_on --as 610322.land --json |
		tr -d ' \n' | grep -q '\"review.papers.checked\",\"review.ground.open\"'"
ok 'a mapped state takes its event' act plot/00007 issue
"$anjuctl" case history plot/00007 >"$dir/act.log"
ok 'the history says who moved it, from where, and why' \
	grep -q 'case.migrate.*the survey has a new form.*moved from definition 1.0.0 to 1.1.0' "$dir/act.log"
"$anjuctl" clock advance --to 2017-10-06T09:00+08:00 >/dev/null 2>&1
ok 'reminders of new deadlines go out' sh -c "
	'$anjuctl' message list --all --json | grep -q 'agree on the boundary'"
ok 'the same plan again finds nothing to do' sh -c "
	'$anjuctl' workflow migrate '$dir/plan.json' | grep -q '^0 cases'"
stop
ok 'all is sound in the end' sh -c "'$anjuctl' store check --data '$store' >'$dir/check.log' 2>&1"
echo "1..$n"
