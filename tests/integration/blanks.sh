#!/bin/sh
# What packs leave open and who fills it in: anjuctl deadline blanks, and what filling in does. Offline. TAP.
# usage: blanks.sh ANJUCTL PACKS (a pack "whole" that leaves some open and fills some in)
ctl=$1 packs=$2
dir=$(mktemp -d)
n=0
unset ANJU_LANG ANJU_SOCKET
export LANG=C.UTF-8 ASAN_OPTIONS="$ASAN_OPTIONS:detect_leaks=1"
trap 'rm -rf "$dir"' EXIT

expect() { # name, exit code, text that must be there (extended regex), command …
	name=$1 code=$2 text=$3
	shift 3
	n=$((n + 1))
	out=$("$@" 2>&1)
	got=$?
	if [ "$got" = "$code" ] && printf '%s\n' "$out" | grep -qE -- "$text"; then
		echo "ok $n - $name"
	else
		echo "not ok $n - $name"
		echo "exit $got, expected $code and /$text/: $out" | head -20 | sed 's/^/# /'
	fi
}
lacks() { # name, text: not in what the last expect printed
	n=$((n + 1))
	if printf '%s\n' "$out" | grep -qE -- "$2"; then
		echo "not ok $n - $1"
		printf '%s\n' "$out" | sed 's/^/# /'
	else
		echo "ok $n - $1"
	fi
}
pack() { # name, extends, local
	mkdir -p "$dir/p/$1"
	printf '{"pack": "%s", "version": "1", "extends": "%s", "title": {"zh": "本地", "en": "Local"}, "local": %s}\n' \
		"$1" "$2" "$3" >"$dir/p/$1/pack.json"
}
blanks() { "$ctl" deadline blanks "$dir/p" "$@"; }

mkdir "$dir/p"
cp -r "$packs/whole" "$dir/p"
chmod -R u+w "$dir/p"
expect 'filled in by the pack itself' 0 '^GX-D-20 +due +promptly +whole +\{"after":"3wd"' blanks --lang en
expect 'in Chinese' 0 '^GX-D-20.visit +期限 +适时 +未填 .* whole/whole.workflow.json#/states/home' blanks --lang zh
expect 'counted' 0 '^2 left to be filled in locally, 1 still open$' blanks --lang en
expect 'what nobody asks for is told' 0 '^whole/pack.json fills in GX-D-26, and no rule asks for it$' blanks --lang en
expect 'only open ones' 0 '^GX-D-20.visit ' blanks --open --lang en
lacks 'those filled in are left out' '^GX-D-20 '
pack county whole '{"GX-D-20": {"after": "5wd"}, "GX-D-20.visit": [{"when": "case.poor", "after": "1mo"}, {"month_end": 0}]}'
expect 'a later pack comes before an earlier one' 0 '^GX-D-20 .* county +\{"after":"5wd"\}' blanks --lang en
expect 'all filled in' 0 '2 left to be filled in locally, 0 still open' blanks --lang en
expect 'for programs' 0 '"id":"GX-D-20","kind":"due",.*"filled_by":"county","value":\{"after":"5wd"\}' blanks --json
expect 'the one below it, by name' 0 ' whole +\{"after":"3wd"' blanks --pack whole --lang en
pack county whole '{"GX-D-20": {"after": "soon"}}'
expect 'a wrong value has its place' 2 'county/pack.json#/local/GX-D-20/after' blanks --lang en
pack county whole '{"GX-D-20": {"after": "3wd", "from": "nowhere"}}'
expect 'and so has one that does not fit the workflow' 2 'county/pack.json#/local/GX-D-20/from' blanks --lang en
pack county whole '{"GX-D-20": {"when": "case.no_such", "after": "3wd"}}'
expect 'whose condition is read where the blank stands' 2 'county/pack.json#/local/GX-D-20/when' blanks --lang en
pack county whole '{"GX-D-20": {"recur": "FREQ=DAILY"}}'
expect 'a period is no date' 2 'county/pack.json#/local/GX-D-20: ' blanks --lang en
pack county whole '{"GX-D-20": {"local": "GX-D-21", "says": {"zh": "甲", "en": "a"}}}'
expect 'a blank cannot fill in a blank' 2 'county/pack.json#/local/GX-D-20/local.*no place here' blanks --lang en
pack county whole '{"visit": {"after": "3wd"}}'
expect 'a name that is none' 2 '填项的编号|to be filled in' blanks --lang en
pack county whole '{"GX-D-20.visit": {"recur": 7}}'
expect 'a rule of repetition is a text' 2 'county/pack.json#/local/GX-D-20.visit/recur' blanks --lang en
expect 'no such folder' 2 'nowhere' "$ctl" deadline blanks "$dir/nowhere"
echo "1..$n"
