#!/bin/sh
# Draws the pictures that the READMEs show, and notes the sums of their descriptions: what a test compares.
#   draw.sh ANJUCTL PACKS FOLDER ROSTER
set -eu
ctl=$1 packs=$2 out=$3 roster=$4
sums=
for workflow in household project; do
	for lang in zh en; do
		name=$workflow.$lang
		"$ctl" graph "$workflow" "$packs" --lang "$lang" --output "$out/$name.svg"
		sum=$("$ctl" graph "$workflow" "$packs" --lang "$lang" --format dot | sha256sum)
		sums="$sums${sum%% *}  $name.dot
"
	done
done
printf '%s' "$sums" >"$out/sources.sha256"

# The demo county, from its beginning to its end. Some rows of its roster are faulty, as they are meant to be.
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
"$roster" --out "$dir" --script "$dir/script.jsonl" >/dev/null
for lang in zh en; do
	"$ctl" rehearse "$packs" --pack fengxiang --roster "$dir/sites.csv" --roster "$dir/roster.csv" \
		--script "$dir/script.jsonl" --from 2017-08-16 --to 2018-12-31 --output "$dir/$lang" --lang "$lang" \
		>/dev/null 2>&1 || [ $? = 4 ]
	cp "$dir/$lang/heatmap.svg" "$out/rehearsal.$lang.svg"
done
