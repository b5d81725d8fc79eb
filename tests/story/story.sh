#!/bin/sh
# anjud anjuctl anju-roster PLUGINS PACKS
set -u
anjud=$1 anjuctl=$2 roster=$3 plugins=$4 packs=$5
dir=$(mktemp -d)
chmod 700 "$dir"
daemon=
export ANJU_SOCKET="$dir/s"

end() {
	if [ -n "$daemon" ]; then kill "$daemon" 2>/dev/null && wait "$daemon" 2>/dev/null; fi
	rm -rf "$dir"
}
trap end EXIT

fail() {
	echo "not ok: $*" >&2
	tail -n 20 "$dir"/*.log >&2
	exit 1
}

"$roster" --seed 5 --households 90 --people 300 --faults 10 --out "$dir" --script "$dir/script.jsonl" \
	>"$dir/roster.log" || fail 'the roster'
"$anjuctl" lint "$packs" --plugins "$plugins" >"$dir/lint.log" 2>&1 || fail 'the packs'

cat >"$dir/config.json" <<END
{"principals": [{"uid": $(id -u), "admin": true, "acts_for": ["*"]}]}
END
mkdir "$dir/data"
"$anjud" --data "$dir/data" --socket "$ANJU_SOCKET" --packs "$packs" --plugins "$plugins" --clock manual \
	--start 2017-08-16T08:30:00+08:00 --config "$dir/config.json" >"$dir/anjud.log" 2>&1 &
daemon=$!
tries=0
while [ ! -S "$ANJU_SOCKET" ]; do
	tries=$((tries + 1))
	[ "$tries" -lt 300 ] || fail 'the daemon does not listen'
	kill -0 "$daemon" 2>/dev/null || fail 'the daemon has ended'
	sleep 0.1
done

"$anjuctl" import "$dir/sites.csv" --mapping project --as 610322.relocation --lang en \
	>"$dir/import1.log" 2>&1 || fail 'the import of the sites'
# exit status 4 or so tells of faulty lines: which they are is what counts
"$anjuctl" import "$dir/roster.csv" --mapping household --as 610322.poverty --lang en \
	>"$dir/import2.log" 2>&1
sed -n 's/.*{"line": \([0-9]*\),.*/\1/p' "$dir/faults.json" | sort >"$dir/wanted"
sed 's/^\xef\xbb\xbf//' "$dir/roster.csv.errors.csv" | sed -n 's/^\([0-9][0-9]*\),.*/\1/p' | sort >"$dir/found"
cmp -s "$dir/wanted" "$dir/found" || fail "faulty lines: $(tr '\n' ' ' <"$dir/found")"

"$anjuctl" replay "$dir/script.jsonl" --lang en >"$dir/replay.log" 2>&1 || fail 'the script'
grep -q ' 0 not as expected' "$dir/replay.log" || fail 'acts that did not go as the script says'

# it ends where such a county ends: some have left the list, some have a key and live elsewhere
for phase in exit move-in handover; do
	"$anjuctl" case list --workflow household --phase "$phase" --lang en >"$dir/list.log" 2>&1 || fail "$phase"
	grep -q 'household/610322-' "$dir/list.log" || fail "nobody in phase $phase"
done
echo 'ok'
