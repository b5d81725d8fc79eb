#!/bin/sh
# The roster is the same for the same seed, and holds what it promises.
set -eu
roster=$1
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

fail() {
	echo "not ok: $*" >&2
	exit 1
}

make_one() { # folder, seed, further options
	out=$1 seed=$2
	shift 2
	"$roster" --seed "$seed" "$@" --out "$dir/$out" --script "$dir/$out/script.jsonl" >"$dir/$out.said" ||
		fail "seed $seed"
}

sums() {
	(cd "$dir/$1" && sha256sum faults.json roster.csv script.jsonl sites.csv)
}

make_one a 7
make_one b 7
make_one c 8
[ "$(sums a)" = "$(sums b)" ] || fail 'the same seed gave other files'
for file in roster.csv script.jsonl; do
	if cmp -s "$dir/a/$file" "$dir/c/$file"; then fail "another seed gave the same $file"; fi
done

# rows, sites, faults: with a header line each
[ "$(wc -l <"$dir/a/roster.csv")" -eq 1901 ] || fail 'rows of the roster'
[ "$(wc -l <"$dir/a/sites.csv")" -eq 15 ] || fail 'rows of the sites'
[ "$(grep -c '"line":' "$dir/a/faults.json")" -eq 37 ] || fail 'number of faults'
kinds=$(grep -o '"kind": "[a-z0-9_]*"' "$dir/a/faults.json" | sort -u | wc -l)
[ "$kinds" -ge 20 ] || fail "only $kinds kinds of faults"
grep -q '"people": 6500' "$dir/a/faults.json" || fail 'people'

# every line named as faulty differs from its neighbours in kind: here, that the persons of the good
# lines are those promised, and that no good line has a doubled key
good=$(sed -n 's/.*"people_good": \([0-9]*\).*/\1/p' "$dir/a/faults.json")
lines=$(sed -n 's/.*{"line": \([0-9]*\),.*/\1/p' "$dir/a/faults.json" | tr '\n' ' ')
counted=$(LC_ALL=C awk -F, -v bad=" $lines" \
	'NR > 1 && index(bad, " " NR " ") == 0 { n += $4; if (seen[$1]++) exit 1; if (NF != 15) exit 1 } END { print n }' \
	"$dir/a/roster.csv") || fail 'a good line is no good line'
[ "$counted" = "$good" ] || fail "people in good lines: $counted, promised $good"

# words and no ids, as a clerk sends them; one that stands for no mode is among the faults
cut -d, -f8,11 "$dir/a/roster.csv" | grep -q '^国家,集中$' || fail 'no words in the roster'
if cut -d, -f8,11 "$dir/a/roster.csv" | grep -q 'national\|concentrated'; then fail 'ids in the roster'; fi
grep -q '"kind": "mode_word"' "$dir/a/faults.json" || fail 'no fault mode_word'
cut -d, -f11 "$dir/a/roster.csv" | grep -q '^楼房$' || fail 'no word that stands for no mode'

# the script is in order of time, inside the story, and has acts that are to be refused
LC_ALL=C awk '{ at = substr($0, 8, 25); if (at < last) exit 1; last = at }' "$dir/a/script.jsonl" ||
	fail 'the script goes back in time'
head -n 1 "$dir/a/script.jsonl" | grep -q '^{"at":"2017-08-16T' || fail 'first day'
tail -n 1 "$dir/a/script.jsonl" | grep -q '^{"at":"2018-12-' || fail 'last day'
refused=$(grep -c '"expect":"refused"' "$dir/a/script.jsonl")
[ "$refused" -ge 100 ] || fail "only $refused acts to be refused"

# other sizes, and what cannot be met
make_one small 3 --households 60 --people 200 --sites 3 --towns 2 --faults 0
[ "$(grep -c '"line":' "$dir/small/faults.json")" -eq 0 ] || fail 'faults though none were wanted'
for wrong in '--households 10 --people 5' '--towns 10' '--sites 0' '--faults 900' '--seed x' '--out'; do
	# shellcheck disable=SC2086 # each is a list of words
	if "$roster" --script "$dir/no" $wrong >/dev/null 2>&1; then fail "accepted: $wrong"; fi
done
echo 'ok'
