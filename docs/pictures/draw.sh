#!/bin/sh
# Draws the pictures that the READMEs show, and notes the sums of their descriptions: what a test compares.
#   draw.sh ANJUCTL PACKS FOLDER
set -eu
ctl=$1 packs=$2 out=$3
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
