#!/bin/sh
# Every catalogue row that the shipped packs promise to carry is named where it is implemented. TAP.
cd "$1" || exit 1
n=0
echo "1..$(grep -cE '^[A-Z]{2}-[A-Z]-[0-9]{2}' tests/source/rows.txt)"
grep -E '^[A-Z]{2}-[A-Z]-[0-9]{2}' tests/source/rows.txt | while read -r id; do
	n=$((n + 1))
	at=$(grep -lrE "\"$id\"|\b$id\b" workflows plugins --include='*.json' --include='*.c' 2>/dev/null | head -1)
	if [ -n "$at" ]; then echo "ok $n - $id in $at"; else echo "not ok $n - $id is named nowhere"; fi
done
