#!/bin/sh
# check_exports.sh <shared object>…: each must export anju_plugin_v1 and nothing else.
# Names that the address sanitizer adds for its own checks do not count.
set -eu
[ $# -gt 0 ] || { echo "no plugin given" >&2; exit 1; }
for so in "$@"; do
	found=$(nm -D --defined-only "$so" | awk '{ print $NF }' | grep -v '^__odr_asan' || true)
	if [ "$found" != anju_plugin_v1 ]; then
		echo "$so exports:" $found >&2
		exit 1
	fi
done
