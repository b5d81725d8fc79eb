#!/bin/sh
# anjuctl against the real anjud: what an officer types, what comes back, how it exits; a replay that is
# interrupted again and again ends like one that is not. TAP.
# usage: cli.sh ANJUD ANJUCTL PLUGINS PACKS
anjud=$1 ctl=$2 plugins=$3 packs=$4
dir=$(mktemp -d)
n=0
pid=
unset ANJU_LANG ANJU_SOCKET
export LANG=C.UTF-8 ASAN_OPTIONS="$ASAN_OPTIONS:detect_leaks=1"

end() {
	[ -n "$pid" ] && kill "$pid" 2>/dev/null && wait "$pid" 2>/dev/null
	rm -rf "$dir"
}
trap end EXIT

ok() { # name, passed (0/1), what to show otherwise
	n=$((n + 1))
	if [ "$2" = 0 ]; then
		echo "ok $n - $1"
	else
		echo "not ok $n - $1"
		printf '%s\n' "$3" | head -40 | sed 's/^/# /'
	fi
}
# name, exit code, text that must be there (extended regex), command …
expect() {
	name=$1 code=$2 text=$3
	shift 3
	out=$("$@" 2>&1)
	got=$?
	[ "$got" = "$code" ] && printf '%s\n' "$out" | grep -qE -- "$text"
	ok "$name" $? "exit $got, expected $code and /$text/: $out"
}
wait_for() { # socket
	i=0
	while [ $i -lt 200 ] && ! "$ctl" --socket "$1" clock get >/dev/null 2>&1; do
		sleep 0.1
		i=$((i + 1))
	done
}
start() { # folder, further options of anjud
	at=$1
	shift
	"$anjud" --data "$at/data" --socket "$at/s" --packs "$packs" --plugins "$plugins" --clock manual \
		--start 2017-08-16T08:00:00+08:00 "$@" >>"$at/log" 2>&1 &
	pid=$!
}
stop() {
	kill "$pid" && wait "$pid"
	pid=
}

# --- one by one ---
mkdir -m 700 "$dir/a"
start "$dir/a"
wait_for "$dir/a/s"
zh() { "$ctl" --socket "$dir/a/s" "$@"; }
en() { "$ctl" --socket "$dir/a/s" --lang en "$@"; }
household() { # key
	zh case open "household/$1" head_name=张三 id_number=61032219700101001X persons=4 registered_poor=true \
		registration_town=610322101.town village=610322101201.village tranche=national plan_year=2017 \
		--as 610322.poverty
}

expect "the clock in Chinese" 0 '2017-08-16T08:00:00\+08:00（手动）' zh clock get
expect "the clock as JSON" 0 '^\{"now":"2017-08-16T08:00:00\+08:00","manual":true\}$' zh --json clock get
expect "status" 0 'fengxiang' zh status
expect "status in English" 0 '^trouble +none$' en status
expect "workflows" 0 '^household +搬迁户' zh workflow list
expect "a workflow's events" 0 'submit_candidate .*poverty@county' zh workflow show household
expect "plugins" 0 '^policy_baoji .* policy' zh plugin list
expect "units" 0 '^610322.land +凤翔县国土资源局' zh unit list --level county --all
expect "methods" 0 '^case.send +给个案一个事件' zh discover
expect "a case is opened with typed fields" 0 'household/610322-0001 第 1 版：搬迁 › 识别 › 候选' household 610322-0001
expect "the same key again" 1 '610322-0001' household 610322-0001
expect "a case in Chinese" 0 '家庭人口 +persons +4$' zh case get household/610322-0001
expect "a case in English" 0 'submit_candidate +Screen and submit' en case get household/610322-0001
expect "a case as JSON" 0 '"persons":4,"registered_poor":true' zh case get household/610322-0001 --json
expect "a wrong role is told who may" 1 '有权：610322.poverty' \
	zh case send household/610322-0001 submit_candidate --as 610322.land
expect "and what to do, in English" 1 'next: +act as one of these units' \
	en case send household/610322-0001 submit_candidate --as 610322.land
expect "a refusal as JSON" 1 '^\{"error":\{"code":-32006' \
	zh case send household/610322-0001 submit_candidate --as 610322.land --json
expect "a dry run" 0 '（试办，未生效）household/610322-0001 第 2 版' \
	zh case send household/610322-0001 submit_candidate --as 610322.poverty --dry-run
expect "an event" 0 '第 2 版：搬迁 › 识别 › 待省审核' \
	zh case send household/610322-0001 submit_candidate --as 610322.poverty --expect-rev 1
expect "a stale revision" 1 'revision' \
	en case send household/610322-0001 approve_object --as 61.poverty --expect-rev 1
expect "a wrong state says from where" 1 'next: +see what is possible now' \
	en case send household/610322-0001 annotate --as 610322101.town
expect "history" 0 '^ +2 .*610322.poverty +submit_candidate' zh case history household/610322-0001
expect "list" 0 '^household/610322-0001 +识别' zh case list --workflow household
expect "list, none" 0 '（没有）' zh case list --workflow household --done yes
expect "stats" 0 '^合计' zh case stats
expect "deadlines" 0 'household/610322-0001 +moved_in' zh deadline list --case household/610322-0001
expect "the clock moves" 0 '2017-09-30T08:00:00' zh clock advance --to 2017-09-30T08:00:00+08:00
expect "deadlines are overdue" 0 'OVERDUE' en deadline list --status overdue
expect "deadline stats" 0 '^all ' en deadline stats
expect "messages" 0 '2017-0[89]-' zh message list
expect "the feed" 0 'household/610322-0001@2 +610322.poverty +submit_candidate' zh feed --after 0
expect "the feed as JSON lines" 0 '"event":"submit_candidate"' zh feed --json
expect "a raw call" 0 '"manual":' zh call clock.get '{}'
expect "a raw call of nothing" 1 'anjuctl discover' zh call no.such
expect "a site is opened" 0 '第 1 版' zh case open project/610322-S01 name=城关安置点 town=610322101.town \
	builder=610322.builder.01 tranche=national plan_year=2017 'house_types=["A:4:100.00:20"]' \
	--as 610322.relocation
expect "a household is tied to it" 0 '第 [0-9]+ 版' \
	zh case send household/610322-0001 amend project=project/610322-S01 --reason 分配安置点 --as 610322.poverty
expect "a case names what it belongs to" 0 '^ +安置点 +project +project/610322-S01$' zh case get household/610322-0001
expect "and what belongs to it" 0 '^ +Households +households +household/610322-0001$' en case get project/610322-S01
expect "the calendar" 0 '^2017-09-30 +调休上班' zh calendar show --from 2017-09-20 --to 2017-10-12
expect "every day of it" 0 '^2017-10-09 +working day' en calendar show --from 2017-10-09 --all
expect "the daemon's calendar is the plugin's" 0 '^same$' sh -c "
	'$ctl' --socket '$dir/a/s' calendar show --from 2016-01-01 --to 2028-12-31 --format csv >'$dir/days.1' &&
	'$ctl' calendar show --from 2016-01-01 --to 2028-12-31 --format csv --plugins '$plugins' >'$dir/days.2' &&
	cmp '$dir/days.1' '$dir/days.2' && echo same"
expect "a year without a notice is provisional" 0 '^2028-12-31,0,,provisional$' tail -1 "$dir/days.1"
expect "a day that is none" 2 '2017-02-30' zh calendar show --from 2017-02-30
expect "an end before the beginning" 2 '2017-01-01' zh calendar show --from 2017-02-01 --to 2017-01-01
expect "no such case" 1 'anjuctl case list' zh case get household/no-such

# --- the command line itself ---
expect "a typing error" 2 '是不是 deadline' zh deadlien list
expect "an unknown option" 2 '--regoin' zh case list --regoin 61
expect "no daemon" 3 'anjud' "$ctl" --socket "$dir/none" status
expect "help in Chinese" 0 '^用法：anjuctl case send' "$ctl" case send --help
expect "help in English" 0 '^Usage: anjuctl case send' "$ctl" --lang en help case send
expect "version" 0 '^anjuctl [0-9]' "$ctl" version
expect "charts in batch" 0 '"states":\["a"\]' sh -c \
	"echo '{\"id\":\"1\",\"machine\":{\"id\":\"m\",\"initial\":\"a\",\"states\":{\"a\":{}}},\"steps\":[]}' | '$ctl' chart run"
expect "expressions in batch" 0 '"int":"3"' sh -c "echo '{\"id\":\"1\",\"expr\":\"1+2\"}' | '$ctl' expr run"
expect "lint of the shipped packs" 0 'fengxiang' "$ctl" lint "$packs" --plugins "$plugins"
cp -r "$packs" "$dir/packs"
sed -i 's/"target": "submitted"/"target": "submittde"/' "$dir/packs/baoji/household.workflow.json"
expect "lint says where" 4 '^baoji/household.workflow.json:[0-9]*:[0-9]* .*submittde.*chart.unknown_target' \
	"$ctl" lint "$dir/packs" --plugins "$plugins"
expect "lint shows the line and a caret" 4 '^  *\^\^\^\^' "$ctl" lint "$dir/packs" --plugins "$plugins"
expect "lint says what was meant" 4 'Did you mean "submitted"?' en lint "$dir/packs" --plugins "$plugins"
expect "lint as JSON" 4 '"pointer":"/states/' "$ctl" lint "$dir/packs" --format json

# --- import ---
cat >"$dir/roster.csv" <<CSV
户编号,户主姓名,身份证号,家庭人口,建档立卡,户籍镇,户籍村,计划来源,计划年度,安置镇,安置方式,安置点,建筑面积,自筹资金(分),入住时限
610322-0101,李四,610322197001010028,3,true,610322101.town,610322101201.village,national,2017,,,,,,
610322-0102,王五,610322197001010036,99,true,610322101.town,610322101201.village,national,2017,,,,,,
CSV
expect "an import with a faulty row" 4 '1 imported, 0 unchanged, 1 faulty → .*roster.csv.errors.csv' \
	en import "$dir/roster.csv" --mapping household --as 610322.poverty
expect "the file of faulty rows" 0 '^3,4,.*99' cat "$dir/roster.csv.errors.csv"
expect "the same import again" 4 '0 imported, 1 unchanged, 1 faulty' \
	en import "$dir/roster.csv" --mapping "$packs/baoji/household.import.json" --as 610322.poverty
expect "an import without a mapping" 2 '--mapping' zh import "$dir/roster.csv"
stop

expect "store check" 0 '没有问题' "$ctl" store check --data "$dir/a/data"
expect "store dump" 0 '^case household/610322-0001 rev=3 ' "$ctl" store dump --data "$dir/a/data"
expect "store check of nothing" 2 'anjuctl:' "$ctl" store check --data "$dir/none"

# --- replay, with and without interruptions ---
awk 'BEGIN {
	f = "{\"at\":\"%s\",\"as\":\"%s\",\"method\":\"%s\",\"params\":{%s}%s}\n"
	for (i = 1; i <= 60; i++)
		printf f, "2017-08-16T09:00:00+08:00", "610322.poverty", "case.open", sprintf("\"workflow\":\"household\",\"key\":\"610322-%04d\",\"data\":{\"head_name\":\"户%d\",\"id_number\":\"61032219700101001X\",\"persons\":4,\"registered_poor\":true,\"registration_town\":\"610322101.town\",\"village\":\"610322101201.village\",\"tranche\":\"national\",\"plan_year\":2017}", i, i), ""
	for (i = 1; i <= 60; i++)
		printf f, "2017-09-05T09:00:00+08:00", i % 10 ? "610322.poverty" : "610322.land", "case.send", sprintf("\"case\":\"household/610322-%04d\",\"event\":\"submit_candidate\"", i), i % 10 ? "" : ",\"expect\":\"refused\""
	for (i = 1; i <= 60; i++)
		if (i % 10)
			printf f, sprintf("2017-11-05T09:%02d:00+08:00", i % 60), "61.poverty", "case.send", sprintf("\"case\":\"household/610322-%04d\",\"event\":\"approve_object\"", i), ""
}' >"$dir/script"

mkdir -m 700 "$dir/b" "$dir/c"
start "$dir/b"
wait_for "$dir/b/s"
expect "a replay with a monthly report" 0 '^2017-10 +60 ' "$ctl" --lang en --socket "$dir/b/s" replay "$dir/script" \
	--report monthly --until 2018-01-15
expect "what a replay says at the end" 0 '168 done, 6 refused as expected, 0 not as expected' printf '%s\n' "$out"
expect "the first refusal is explained" 0 'who may: +610322.poverty' printf '%s\n' "$out"
stop
"$ctl" store dump --data "$dir/b/data" >"$dir/b/dump"

# One daemon after another, each dying at another point; the replay lives through all of them.
(
	for fault in after:commit:3 before:commit:2 after:commit:9 before:commit:6 after:commit:14; do
		start "$dir/c" --fault "$fault"
		wait "$pid"
	done
	start "$dir/c"
	echo "$pid" >"$dir/c/pid"
	wait "$pid"
) 2>/dev/null &
daemons=$!
i=0
# the first ones die of what they do when they start, and leave a socket that nobody answers
while [ $i -lt 100 ] && ! "$ctl" --socket "$dir/c/s" status >/dev/null 2>&1; do
	sleep 0.1
	i=$((i + 1))
done
expect "a replay over daemons that die" 0 'connection lost' "$ctl" --lang en --socket "$dir/c/s" replay \
	"$dir/script" --until 2018-01-15
expect "nothing is lost" 0 '168 done, 6 refused as expected, 0 not as expected' printf '%s\n' "$out"
i=0
while [ $i -lt 100 ] && [ ! -s "$dir/c/pid" ]; do
	sleep 0.1
	i=$((i + 1))
done
kill "$(cat "$dir/c/pid")"
wait "$daemons"
"$ctl" store dump --data "$dir/c/data" >"$dir/c/dump"
expect "the journals are whole" 0 '没有问题' "$ctl" store check --data "$dir/c/data"
expect "both runs come to the same end" 0 '' cmp "$dir/b/dump" "$dir/c/dump"
ok "and that end is not empty" "$([ "$(grep -c '^case household' "$dir/b/dump")" = 60 ] && echo 0 || echo 1)" ""

echo "1..$n"
