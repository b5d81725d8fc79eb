#!/bin/sh
# What README, manual pages and help show is done as it stands there, on a small county: each line must end with
# 0, but for those that show a refusal. TAP.
#   anjud anjuctl anju-roster PLUGINS PACKS
set -u
absolute() { # path: from the root, since this test goes from folder to folder
	echo "$(cd "$(dirname "$1")" && pwd)/$(basename "$1")"
}
anjud=$(absolute "$1") anjuctl=$(absolute "$2") roster=$(absolute "$3") plugins=$(absolute "$4") packs=$(absolute "$5")
here=$(cd "$(dirname "$0")" && pwd)
src=$(dirname "$packs") built=$(dirname "$anjud")
dir=$(mktemp -d)
chmod 700 "$dir"
daemon=
tests=0
export ANJU_SOCKET="$dir/s" ANJU_LANG=en LC_ALL=C.UTF-8

end() {
	if [ -n "$daemon" ]; then kill "$daemon" 2>/dev/null && wait "$daemon" 2>/dev/null; fi
	rm -rf "$dir"
}
trap end EXIT

give_up() {
	echo "Bail out! $*"
	tail -n 20 "$dir"/*.log | sed 's/^/# /'
	exit 1
}

said() { # exit code, name: what was found stands in found.log
	tests=$((tests + 1))
	if [ "$1" = 0 ]; then
		echo "ok $tests - $2"
	else
		echo "not ok $tests - $2"
		tail -n 12 "$dir/found.log" | sed 's/^/# /'
	fi
}

none() { # name: fails when found.log has a line
	[ ! -s "$dir/found.log" ]
	said $? "$1"
}

# --- the county ---

start() { # data folder
	mkdir "$1"
	serve "$1" workflows.old
	stop
	serve "$1" "$packs"
	"$anjuctl" import sites.csv --mapping project --as 610322.relocation >>"$dir/import.log" 2>&1 ||
		give_up 'the import of the sites'
}

serve() { # data folder, packs
	"$anjud" --data "$1" --socket "$ANJU_SOCKET" --packs "$2" --plugins "$plugins" --clock manual \
		--start 2017-08-16T08:30:00+08:00 >>"$dir/anjud.log" 2>&1 &
	daemon=$!
	tries=0
	until "$anjuctl" status >/dev/null 2>&1; do
		tries=$((tries + 1))
		[ "$tries" -lt 300 ] || give_up 'the daemon does not answer'
		kill -0 "$daemon" 2>/dev/null || give_up 'the daemon has ended'
		sleep 0.1
	done
}

stop() {
	kill "$daemon"
	wait "$daemon" || give_up 'the daemon does not stop well'
	daemon=
}

county() { # folder: what someone sees who has just built anju and has a roster there
	mkdir "$1" && cd "$1" || give_up 'no folder'
	ln -s "$built" build
	ln -s "$packs" workflows
	# the packs as they were before: another version of a workflow
	cp -rL "$packs" workflows.old
	sed -i '0,/"version": "/s//"version": "0./' workflows.old/*/household.workflow.json
	ln -s "$src/contrib" "$src/docs" .
	"$roster" --seed 5 --households 90 --people 300 --faults 0 --out . --script script.jsonl >"$dir/roster.log" ||
		give_up 'the roster'
	sed '/"at":"2018-0[7-9]/,$d' script.jsonl >actions.jsonl
	echo '{"head_name": "王一", "id_number": "990322195104123516", "persons": 4, "registered_poor": true,
		"registration_town": "610322103.town", "village": "610322103204.village", "tranche": "national",
		"plan_year": 2017}' >household.json
	cp "$src/tests/data/calendar/2027.json" .
	echo '{"id": "1", "expr": "persons * 25 >= 75", "bindings": {"persons": {"int": "3"}}}' >expressions
	echo '{"id": "1", "machine": {"id": "door", "initial": "shut", "states": {"shut": {"on": {"pull": "open"}},
		"open": {}}}, "steps": [{"event": {"type": "pull"}}]}' | tr -d '\n' >charts
}

# --- a line of the documents ---

expected() { # line: the exit code that the text promises
	case $1 in
	*'# refused'*) echo 1 ;;
	*' household/610322-0001 confirm_exit --as 610322.land'*) echo 1 ;; # "is told why not"
	*' feed '*--follow*) echo 124 ;; # goes on until it is stopped
	*) echo 0 ;;
	esac
}

do_line() { # line: its exit code
	case $1 in
	'contrib/demo'* | 'contrib/check'*)
		[ -x "$src/${1%% *}" ]
		return
		;;
	*' yourcounty'* | *' 县名'*)
		cd "$dir/new" || return
		set -- "$(echo "$1" | sed 's/县名/yourcounty/')"
		;;
	anjud*) [ "$1" != "${1#*--check}" ] || set -- "$1 --check --packs workflows" ;;
	*' chart run '*) cp charts requests.jsonl ;;
	*' expr run '*) cp expressions requests.jsonl ;;
	*' workflow migrate '*) sed -i 's/"reason": ""/"reason": "a new form"/' household.migration.json ;;
	esac
	line=$(echo "$1" | sed -e "s|/etc/anju/workflows|$packs|" -e "s|/var/lib/anju|$dir/data|" -e "s|/mnt/backup|$dir/backup|")
	seconds=60
	[ "$line" = "${line#* --follow}" ] || seconds=2
	timeout "$seconds" sh -c "$line" </dev/null
}

run_lines() { # of stdin: SOURCE<tab>LINE
	while IFS='	' read -r source line; do
		want=$(expected "$line")
		# what changes something is done once, all else in both languages
		case $line in
		*--lang* | *' deadline '*' rectify '*--as* | *'case open'* | *'case send'* | *' replay '* | *' advance '* | *' store backup '* | *' store restore '*) langs=en ;;
		*) langs='en zh' ;;
		esac
		bad=0
		: >"$dir/found.log"
		for lang in $langs; do
			(ANJU_LANG=$lang do_line "$line") >"$dir/out" 2>&1
			got=$?
			if [ "$got" != "$want" ]; then
				bad=1
				echo "$lang: ends with $got, not with $want" >>"$dir/out"
				cat "$dir/out" >>"$dir/found.log"
			fi
			case $line in
			*' chart run '* | *' expr run '*)
				! grep '"error"' "$dir/out" >>"$dir/found.log" || bad=1
				;;
			esac
		done
		said "$bad" "$source: $(echo "$line" | sed 's/ *#.*//')"
	done <"$1"
}

# --- everything in the order of a county's life ---

county "$dir/county"
mkdir "$dir/bin" "$dir/new" "$dir/whole"
ln -s "$anjud" "$anjuctl" "$dir/bin"
export PATH="$dir/bin:$PATH"

sh "$here/collect.sh" "$src" "$anjuctl" >"$dir/collected"
for pair in 'help-en help-zh' 'help-en docs/anjuctl.1' 'help-en docs/zh_CN/anjuctl.1'; do
	for s in $pair; do
		awk -F '\t' -v s="$s" '$1 == s && (s !~ /help/ || !($2 ~ /^anjuctl help / && !twice[$2]++)) { print $2 }' \
			"$dir/collected" | grep -v '^anjuctl help' >"$dir/${s##*/}.list"
	done
	cmp "$dir/$(basename "${pair% *}").list" "$dir/$(basename "${pair#* }").list" >"$dir/found.log" 2>&1
	said $? "the same examples: $pair"
done
awk -F '\t' '!seen[$2]++' "$dir/collected" >"$dir/unique"

act() { # event: time of this act on the first household in the script
	sed -n "s/^{\"at\":\"\([^\"]*\)\".*610322-0001\",\"event\":\"$1\".*/\1/p" script.jsonl | head -1
}
from=1
live_until() { # time: the script's acts up to it
	"$anjuctl" replay script.jsonl --from "$from" --until "$1" >"$dir/replay.log" 2>&1 || give_up "the script until $1"
	from=$(awk -v t="$1" 'substr($0, 8, length(t)) > t { print NR; exit }' script.jsonl)
}

# acts that need their moment
start "$dir/moments"
"$anjuctl" import roster.csv --mapping household --as 610322.poverty >"$dir/import.log" 2>&1 || give_up 'the roster'
grep '	anjuctl case open' "$dir/unique" >"$dir/now"
run_lines "$dir/now"
for i in 1 2 3 4; do
	"$anjuctl" case open rectification/2018-0$i inspected=610322.relocation finding=x due_on=2018-03-30 \
		--as 6103.inspection --doc inspection.finding >"$dir/found.log" 2>&1 || give_up 'a finding'
done
"$anjuctl" deadline extend rectification/2018-02 rectify --length 5d --reason x --as 610322.relocation \
	>"$dir/found.log" 2>&1 || give_up 'a request for more time'
"$anjuctl" case send rectification/2018-03 report measures=done --doc rectification.report --as 610322.relocation \
	>"$dir/found.log" 2>&1 || give_up 'a rectification'
grep '	anjuctl deadline [a-z]* rectification/' "$dir/unique" >"$dir/now"
run_lines "$dir/now"
annotated=$(act annotate)
town=$(grep "\"at\":\"$annotated\".*610322-0001\"" script.jsonl | sed 's/.*"as":"\([^"]*\)".*/\1/')
live_until "$annotated"
grep ' return_annotation ' "$dir/unique" >"$dir/now"
run_lines "$dir/now"
"$anjuctl" case send household/610322-0001 annotate --as "$town" >"$dir/found.log" 2>&1 || give_up 'annotated again'
live_until "$(act start_survey)"
grep ' finish_survey ' "$dir/unique" >"$dir/now"
run_lines "$dir/now"
stop

# all that can be asked at any time, of a county that has lived for a year
start "$dir/data"
grep -E '	anjuctl import ' "$dir/unique" >"$dir/now"
grep -E '	anjuctl replay ' "$dir/unique" >>"$dir/now"
grep -vE '	[^	]*anjuctl (case open|import|replay|store|clock advance)|return_annotation|finish_survey|rectification/' \
	"$dir/unique" >>"$dir/now"
cp -r "$packs" "$dir/new/workflows"
ln -s "$built" "$dir/new/build"
mv "$dir/new/workflows/fengxiang" "$dir/new/workflows/yourcounty"
sed -i 's/"fengxiang"/"yourcounty"/' "$dir/new/workflows/yourcounty/pack.json"
run_lines "$dir/now"

for page in "$built/docs/anju-rpc.7" "$built/docs/zh_CN/anju-rpc.7"; do
	awk '/^\.Bd / { on = 1; next } /^\.Ed/ { on = 0 } on' "$page" >"$dir/requests"
	[ -s "$dir/requests" ] || echo "no request in $page" >"$dir/found.log"
	python3 "$here/helper.py" ask "$ANJU_SOCKET" <"$dir/requests" >>"$dir/found.log" 2>&1
	said $? "requests of ${page#"$built/"}: $(wc -l <"$dir/requests")"
done
grep '	anjuctl clock advance' "$dir/unique" >"$dir/now"
run_lines "$dir/now"
stop
grep '	anjuctl store' "$dir/unique" >"$dir/now"
run_lines "$dir/now"

. "$here/texts.sh"
echo "1..$tests"
