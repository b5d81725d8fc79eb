#!/bin/sh
# anjuctl rehearse: a small programme whose outcome is worked out by hand in tests/data/rehearse/expected, the same bytes
# each time and in each time zone, and what is said of inputs that are no good. TAP.
# usage: rehearse.sh ANJUCTL DATA
ctl=$1 data=$2
dir=$(mktemp -d)
n=0
unset ANJU_LANG ANJU_SOCKET
export LANG=C.UTF-8 ASAN_OPTIONS="$ASAN_OPTIONS:detect_leaks=1"
trap 'rm -rf "$dir"' EXIT

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
says() { # name, text: in what the last expect printed
	printf '%s\n' "$out" | grep -qE -- "$2"
	ok "$1" $? "expected /$2/: $out"
}
small() { # output, further options …
	folder=$1
	shift
	"$ctl" rehearse "$data/packs" --roster "$data/roster.csv" --script "$data/acts.script.jsonl" \
		--from 2017-08-16 --to 2017-10-08 --output "$dir/$folder" "$@"
}

# --- the outcome, by hand ---
expect 'faulty rows and lines are told by the exit code' 4 'of them faulty: 2' small one --lang en --against "$data/draft"
says 'what was refused against the script' 'refused, not as expected: 1'
says 'what was refused as expected' 'refused as expected: 1'
says 'what was out of order' 'out of order .*: 1'
says 'lines of later days are left out' 'lines after the last day .*: 1'
says 'the first troubles are shown with their place' 'roster\.csv:5: '
says 'both sets of packs side by side' 'overdue +4 +5 +\+1'
says 'what differs per deadline' 'Sign the agreements: earlier 3'
for table in messages overdue workload refused differences; do
	out=$(diff "$data/expected/$table.csv" "$dir/one/$table.csv" 2>&1)
	ok "$table.csv is as worked out" $? "$out"
done

# --- the same bytes ---
for zone in America/New_York UTC Asia/Shanghai; do
	TZ=$zone small "in" --lang en --against "$data/draft" >/dev/null 2>&1
	out=$(sed -i "s|$dir/in|$dir/one|" "$dir/in"/* && diff -r "$dir/one" "$dir/in" 2>&1)
	ok "the same bytes with TZ=$zone" $? "$out"
	rm -rf "$dir/in"
done

# --- pictures and pages ---
for file in heatmap.svg heatmap-610322.svg heatmap-610323.svg; do
	out=$(python3 -c 'import sys, xml.dom.minidom; xml.dom.minidom.parse(sys.argv[1])' "$dir/one/$file" 2>&1)
	ok "$file is well-formed" $? "$out"
done
out=$(cat "$dir/one/heatmap.svg")
says 'a day says what is due' '<title>2017-08-31 Thursday: 3 due</title>'
out=$(cat "$dir/one/heatmap-610323.svg")
says "a county's day says what is due in the county" '<title>2017-08-31 Thursday: 1 due</title>'
says "a county's picture says whose it is" 'Qishan government'
out=$(cat "$dir/one/index.html")
says 'the page holds the picture' '<svg '
says 'the page holds the tables' '<td>Household: Sign the agreements</td><td class="n">3</td>'

# --- Chinese ---
expect 'in Chinese' 4 '其中有误：2' small zh
says 'units by their Chinese names' '^凤翔县国土局 '
out=$(head -2 "$dir/zh/overdue.csv")
says 'tables in Chinese' '"个案","期限名","期限","到期日","办成日","逾期天数"'
says 'rows in Chinese' '签订协议'
out=$(cat "$dir/zh/heatmap.svg")
says 'the picture in Chinese' '<title>2017-08-31 星期四：到期 3 件</title>'

# --- other ways to ask ---
expect 'as JSON' 4 '"rows": ?5' "$ctl" rehearse "$data/packs" --roster "$data/roster.csv" --from 2017-08-16 \
	--to 2017-10-08 --json
expect 'nothing but the clock' 0 'begun: 4$' "$ctl" rehearse "$data/packs" --from 2017-08-16 --to 2017-10-08 --lang en
expect 'a mapping by name' 4 'opened as cases: 3' "$ctl" rehearse "$data/packs" --roster \
	"household=$data/roster.csv" --from 2017-08-16 --to 2017-08-16 --lang en
expect 'strict: a faulty row ends it' 2 'roster\.csv:5: ' small strict --strict --lang en
[ ! -e "$dir/strict" ]
ok 'strict: nothing is written' $? "$(ls "$dir/strict" 2>&1)"

# --- what cannot be used ---
expect 'it ends before it begins' 2 'ends on 2017-08-01' "$ctl" rehearse "$data/packs" --from 2017-08-16 --to 2017-08-01 \
	--lang en
expect 'no such day' 2 '2017-02-30' "$ctl" rehearse "$data/packs" --from 2017-02-30 --to 2017-08-01 --lang en
expect 'without a day' 2 '--to' "$ctl" rehearse "$data/packs" --from 2017-02-01 --lang en
echo 'name,age' >"$dir/other.csv"
expect 'a roster no mapping fits' 2 'there are household' "$ctl" rehearse "$data/packs" --roster "$dir/other.csv" \
	--from 2017-08-16 --to 2017-08-17 --lang en
expect 'a roster that lacks columns' 2 '编号' "$ctl" rehearse "$data/packs" --roster "household=$dir/other.csv" \
	--from 2017-08-16 --to 2017-08-17 --lang en
expect 'no such mapping' 2 'village' "$ctl" rehearse "$data/packs" --roster "village=$dir/other.csv" \
	--from 2017-08-16 --to 2017-08-17 --lang en
expect 'no such roster' 2 'nowhere' "$ctl" rehearse "$data/packs" --roster "$dir/nowhere.csv" --from 2017-08-16 \
	--to 2017-08-17 --lang en
expect 'no such script' 2 'nowhere' "$ctl" rehearse "$data/packs" --script "$dir/nowhere" --from 2017-08-16 \
	--to 2017-08-17 --lang en
expect 'no room for what is to be written' 2 'other.csv' "$ctl" rehearse "$data/packs" --from 2017-08-16 \
	--to 2017-08-17 --output "$dir/other.csv/x" --lang en
echo "1..$n"
