#!/bin/sh
# Each folder of core/ includes only what its row in docs/ARCHITECTURE.md names. TAP.
cd "$1" || exit 1
table=$(grep '^| `' docs/ARCHITECTURE.md | tr -d '`')
n=0
plan=$(find core -mindepth 1 -maxdepth 1 -type d | wc -l)
echo "1..$plan"
for dir in core/*/; do
	part=$(basename "$dir")
	n=$((n + 1))
	uses=$(echo "$table" | awk -F'|' -v p="$part" '{gsub(/ /,"",$2)} $2 == p {print $3}')
	if [ -z "$uses" ]; then
		echo "not ok $n - $part has a row in docs/ARCHITECTURE.md"
		continue
	fi
	bad=
	for inc in $(grep -hoE '^#include "[a-z]+/' "$dir"*.[ch] 2>/dev/null | sed 's/.*"//; s,/,,' | sort -u); do
		case " $uses $part anju " in
		*" $inc "*) ;;
		*) bad="$bad $inc" ;;
		esac
	done
	case $part in
	base | chart | expr | calendar | org | deadline | pack | journal | case)
		if grep -lE '^#include <(uv|sqlite3|systemd/|sys/socket|curl/)' "$dir"*.[ch] >/dev/null 2>&1; then
			bad="$bad system-I/O"
		fi ;;
	esac
	case $part in
	chart | expr | calendar | deadline | journal | case)
		if grep -nE '\b(time|clock_gettime|gettimeofday|timestamp_now|fopen|open|getenv)\(' "$dir"*.c |
			grep -vE '/\*|\* ' >/dev/null 2>&1; then
			bad="$bad clock-or-file"
		fi ;;
	esac
	if [ "$part" != store ] && grep -l '<sqlite3.h>' "$dir"*.[ch] >/dev/null 2>&1; then
		bad="$bad sqlite"
	fi
	if [ -n "$bad" ]; then
		echo "not ok $n - $part must not use:$bad"
	else
		echo "ok $n - $part"
	fi
done
for p in plugins/*/; do
	if grep -hoE '^#include "[^"]+"' "$p"*.[ch] 2>/dev/null | grep -vE '"anju/|"[a-z_]+\.h"' >/dev/null; then
		echo "Bail out! $p includes more than include/"
		exit 1
	fi
done
