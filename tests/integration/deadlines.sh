#!/bin/sh
# What people do to deadlines, by anjuctl and on the socket of the real anjud: dates move, nothing is lost by kill -9,
# refusals say who could and why in both languages, and the journal tells all of it. TAP.
# usage: deadlines.sh ANJUD ANJUCTL PLUGINS PACKS
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
start() {
	"$anjud" --data "$dir/data" --socket "$dir/s" --packs "$use" --plugins "$plugins" --clock manual \
		--start 2018-03-01T08:00:00+08:00 >>"$dir/log" 2>&1 &
	pid=$!
	i=0
	while [ $i -lt 200 ] && ! "$ctl" --socket "$dir/s" clock get >/dev/null 2>&1; do
		sleep 0.1
		i=$((i + 1))
	done
}
crash() {
	kill -9 "$pid"
	wait "$pid" 2>/dev/null
	pid=
	start
}
zh() { "$ctl" --socket "$dir/s" "$@"; }
en() { "$ctl" --socket "$dir/s" --lang en "$@"; }
act() { # act, unit, further words
	what=$1 unit=$2
	shift 2
	en deadline "$what" rectification/2018-01 rectify --as "$unit" "$@"
}

shown() { en deadline show rectification/2018-01 rectify; }

cp -r "$packs" "$dir/packs"
use=$dir/packs
mkdir -m 700 "$dir/data"
start
expect "a case with a deadline" 0 'revision 1' en case open rectification/2018-01 \
	inspected=610322.relocation finding=旧宅未腾退 due_on=2018-03-30 --as 6103.inspection
expect "it shows its units and who may do what" 0 'cooperating +.*610322.government' shown
expect "in Chinese" 0 'extend +申请延期 +.*610322.relocation' zh deadline show rectification/2018-01 rectify
expect "cooperating units find it in their list" 0 'rectification/2018-01' en deadline list --unit 610322.government

# --- suspended ---
expect "who may not is told who could" 1 '有权的是.*宝鸡.*（6103.relocation）.*（6103.inspection）' \
	zh deadline suspend rectification/2018-01 rectify --reason x --as 610322.relocation
expect "and in English" 1 'may not "suspend the deadline \(Rectify in time\)".*6103.inspection' \
	act suspend 610322.relocation --reason x
expect "a reason is needed" 1 'reason' act suspend 6103.inspection
expect "tried out, nothing changes" 0 'dry run' act suspend 6103.inspection --reason snow --dry-run
expect "still open" 0 'state +open$' shown
expect "suspended, with a document" 0 'revision 2' act suspend 6103.inspection --reason snow \
	--doc inspection.finding:D-1 --idempotency-key k1
expect "sent again it is not done again" 0 'revision 2' act suspend 6103.inspection --reason snow \
	--doc inspection.finding:D-1 --idempotency-key k1
expect "in the list of the suspended" 0 '^2018-03-30 +suspended +rectification/2018-01' en deadline list --status suspended
expect "its day passes" 0 '2018-04-10' en clock advance --to 2018-04-10T09:00:00+08:00
expect "nobody is reminded of it" 0 '^\{"items":\[\{[^{]*"text":\{[^{]*has been suspended[^{]*\}\}\],"next":null\}$' \
	en call case.reminders '{"case": "rectification/2018-01"}'
expect "it is not overdue" 0 '^\{"items":\[\],' en --json deadline list --status overdue --case rectification/2018-01
crash
expect "a kill -9 later it stands still yet" 0 'state +suspended' shown
expect "not before it was suspended" 1 '上一步在 2018-03-01' zh deadline resume rectification/2018-01 rectify \
	--reason 雪化了 --effective 2018-02-01 --as 6103.inspection
expect "not at a revision that is gone" 1 'revision' act resume 6103.inspection --reason thaw --expect-rev 1
expect "resumed: forty days on" 0 'revision 3' act resume 6103.inspection --reason thaw
expect "the date, and what was done" 0 '2018-03-30 → 2018-05-09, 40d' shown
crash
expect "it lasts" 0 'due +2018-05-09' shown

# --- more time ---
expect "too much" 1 '一次最多延长 1mo（到 2018-06-09），不能到 2018-07-30' zh deadline extend rectification/2018-01 \
	rectify --until 2018-07-30 --reason 工期 --as 610322.relocation
expect "asked for" 0 'revision 4' act extend 610322.relocation --length 10d --reason works
expect "those who answer hear of it" 0 '"unit":"6103.relocation"' sh -c "
	'$ctl' --socket '$dir/s' clock advance --to 2018-04-11T09:00:00+08:00 >/dev/null
	'$ctl' --socket '$dir/s' --json message list"
expect "not granted by oneself" 1 '6103.relocation' act grant 610322.relocation
expect "granted one level up" 0 'revision 5' act grant 6103.relocation --reason 'all right'
expect "later by ten days" 0 'due +2018-05-19' shown
expect "once only" 1 '最多延期 1 次，已经延期 1 次' zh deadline extend rectification/2018-01 rectify --length 1d \
	--reason 又 --as 610322.relocation
expect "another day set by hand: what was given still counts" 0 'revision 6' en case send rectification/2018-01 amend \
	due_on=2018-03-31 --reason misprint --as 6103.inspection
expect "a day more" 0 'due +2018-05-20' shown
expect "after its end nobody may ask" 1 '已于 2018-05-20 届满' sh -c "
	'$ctl' --socket '$dir/s' clock advance --to 2018-05-21T09:00:00+08:00 >/dev/null
	'$ctl' --socket '$dir/s' deadline suspend rectification/2018-01 rectify --reason x --as 6103.inspection"

# --- kept up ---
expect "met late, and watched" 0 'reported|Reported' en case send rectification/2018-01 report measures=done \
	--doc rectification.report --as 610322.relocation
expect "the next check" 0 'next check +2018-06-21' shown
expect "watched ones are listed" 0 'rectification/2018-01' en deadline list --status watched
crash
expect "a month later someone is asked to look" 0 '问题是否反弹' sh -c "
	'$ctl' --socket '$dir/s' clock advance --to 2018-06-22T09:00:00+08:00 >/dev/null
	'$ctl' --socket '$dir/s' --json message list --unit 610322.relocation"
expect "confirmed" 0 'revision' act keep 610322.relocation --doc rectification.proof:P-1
expect "it came back" 0 'revision' act lapse 6103.inspection --length 10d --reason 'moved back'
expect "open again" 0 '2018-05-20 → 2018-07-02' shown
crash
expect "kept up again" 0 'revision' act keep 610322.relocation
expect "accepted" 0 'revision' en case send rectification/2018-01 accept --as 6103.inspection

# --- another one is waived ---
en case open rectification/2018-02 inspected=610322.relocation finding=x due_on=2018-08-30 --as 6103.inspection >/dev/null
expect "waived" 0 'revision 2' en deadline waive rectification/2018-02 rectify --reason moot --as 6103.relocation
expect "who, why and which day" 0 'waive the deadline +6103.relocation +2018-08-30 +moot' en deadline show rectification/2018-02 rectify
expect "only once" 1 '现在不在办' zh deadline waive rectification/2018-02 rectify --reason moot --as 6103.relocation
expect "no such deadline" 1 'rectify' en deadline waive rectification/2018-02 nothing --reason x --as 6103.relocation

# --- history ---
history=$(en --json case history rectification/2018-01 --all)
for line in '"event":"deadline.resume".*"was":"2018-03-30"' '"reason":"thaw"' '"event":"deadline.grant"' \
	'"op":"extended","due":"2018-05-19","was":"2018-05-09"' '"op":"reopened","due":"2018-07-02","was":"2018-05-20"' \
	'"op":"moved","due":"2018-05-20","was":"2018-05-19"' '"event":"amend"[^}]*"actor":"6103.inspection"'; do
	printf '%s' "$history" | grep -qE -- "$line"
	ok "history has $line" $? "$history"
done
expect "any call says what it takes" 0 'deadline.lapse' en discover
expect "a raw call" 0 '"asked":null' en call deadline.get '{"case": "rectification/2018-01", "deadline": "rectify"}'
expect "case get has it all" 0 '"duties":\{"rectify":\[\{"op":"suspend"' en --json case get rectification/2018-01

# --- other offices ---
kill "$pid" && wait "$pid"
pid=
sed -i 's/"610322\.government"/"610322.committee"/g' "$dir/packs/fengxiang/"*.json
start
expect "after a reorganisation lists show the new office" 0 '"cooperating":\["610322.committee"\]' sh -c "
	for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		'$ctl' --socket '$dir/s' --json deadline list --unit 610322.committee >'$dir/found'
		! grep -q rectification '$dir/found' || break
		sleep 0.2
	done
	cat '$dir/found'
	'$ctl' --socket '$dir/s' --json deadline list --status watched"
kill "$pid" && wait "$pid"
pid=
expect "folding the journal gives the cases" 0 'sound' "$ctl" --lang en store check --data "$dir/data"
echo "1..$n"
