#!/bin/sh
# The same county twice: once undisturbed, once with the daemon killed (SIGKILL) again and again while the script
# is replayed. Cases, journals, deadlines, messages and the spool must come out the same.
#   anjud anjuctl anju-roster PLUGINS PACKS [KILLS]
set -u
anjud=$1 anjuctl=$2 roster=$3 plugins=$4 packs=$5 kills=${6:-12}
dir=$(mktemp -d)
chmod 700 "$dir"
daemon=
export ANJU_SOCKET="$dir/s" ANJU_LANG=en

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

start() { # data folder
	"$anjud" --data "$1" --socket "$ANJU_SOCKET" --packs "$packs" --plugins "$plugins" --clock manual \
		--start 2017-08-16T08:30:00+08:00 2>>"$dir/anjud.log" &
	daemon=$!
}

wait_for_it() {
	tries=0
	until "$anjuctl" status >/dev/null 2>&1; do
		tries=$((tries + 1))
		[ "$tries" -lt 300 ] || fail 'the daemon does not answer'
		kill -0 "$daemon" 2>/dev/null || fail 'the daemon has ended'
		sleep 0.1
	done
}

live() { # data folder, number of kills
	start "$1"
	wait_for_it
	"$anjuctl" import "$dir/sites.csv" --mapping project --as 610322.relocation >"$dir/import.log" 2>&1
	"$anjuctl" import "$dir/roster.csv" --mapping household --as 610322.poverty >>"$dir/import.log" 2>&1
	"$anjuctl" replay "$dir/script.jsonl" --until 2018-12-31T23:59+08:00 >"$dir/replay.log" 2>&1 &
	replay=$!
	done=0
	while [ "$done" -lt "$2" ] && kill -0 "$replay" 2>/dev/null; do
		# not a round number: each kill meets another moment of a commit
		sleep "$(printf '0.%02d' $((6 + done * 37 % 29)))"
		kill -0 "$replay" 2>/dev/null || break
		kill -9 "$daemon"
		wait "$daemon" 2>/dev/null
		done=$((done + 1))
		start "$1"
	done
	wait "$replay" || fail 'the script'
	grep -q ' 0 not as expected' "$dir/replay.log" || fail 'acts that did not go as the script says'
	# deliveries are not part of the script: let the last ones arrive
	tries=0
	until "$anjuctl" status --json | grep -q '"messages_pending": *0'; do
		tries=$((tries + 1))
		[ "$tries" -lt 100 ] || fail 'messages stay pending'
		sleep 0.1
	done
	kill "$daemon"
	wait "$daemon" || fail 'the daemon does not stop well'
	daemon=
	"$anjuctl" store check --data "$1" >"$dir/check.log" 2>&1 || fail 'the store'
	"$anjuctl" store dump --data "$1" >"$1.dump" || fail 'the dump'
	(cd "$1/spool" && for f in *; do echo "$f $(cksum <"$f")"; done) >"$1.spool"
	echo "# killed $done times"
}

echo 1..3
"$roster" --seed 11 --households 400 --people 1370 --faults 12 --out "$dir" --script "$dir/script.jsonl" \
	>"$dir/roster.log" || fail 'the roster'
live "$dir/calm" 0
live "$dir/storm" "$kills"
[ "$done" -gt 0 ] && echo "ok 1 - the daemon was killed while it worked" || echo "not ok 1 - never killed"
if cmp -s "$dir/calm.dump" "$dir/storm.dump"; then
	echo "ok 2 - cases, journals, deadlines and messages are the same ($(wc -l <"$dir/calm.dump") lines)"
else
	echo "not ok 2 - differs"
	diff "$dir/calm.dump" "$dir/storm.dump" | head -20 | sed 's/^/# /'
fi
if cmp -s "$dir/calm.spool" "$dir/storm.spool"; then
	echo "ok 3 - the spool is the same ($(wc -l <"$dir/calm.spool") messages)"
else
	echo "not ok 3 - the spool differs"
	diff "$dir/calm.spool" "$dir/storm.spool" | head -20 | sed 's/^/# /'
fi
