#!/bin/sh
# Backups of a daemon at work, and a data folder copied under its hands. TAP.
# usage: backup.sh ANJUD ANJUCTL J1 PACKS
anjud=$1 ctl=$2 j1=$3 packs=$4
dir=$(mktemp -d)
n=0
pid=
unset ANJU_LANG ANJU_SOCKET
export LANG=C.UTF-8

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
entries() { # of a line "… 123 …": the first number
	sed 's/^[^：:]*[：:][^0-9]*\([0-9]*\).*/\1/'
}

"$anjud" --data "$dir/data" --socket "$dir/s" --packs "$packs" >"$dir/log" 2>&1 &
pid=$!
i=0
while [ ! -S "$dir/s" ] && [ $i -lt 300 ]; do
	sleep 0.1
	i=$((i + 1))
done
"$j1" --socket "$dir/s" --cases 4000 --clients 16 --json >"$dir/j1" 2>&1 &
load=$!

before=0
for round in 1 2 3; do
	out=$("$ctl" store backup --data "$dir/data" "$dir/backups" 2>&1)
	code=$?
	now=$(echo "$out" | entries)
	[ $code = 0 ] && [ "$now" -ge "$before" ]
	ok "backup $round beside a busy daemon" $? "$out"
	before=$now
	sleep 1.1 # they are named by the second
done
cp -r "$dir/data" "$dir/copy"
wait $load
ok "which answers everybody meanwhile" $? "$(cat "$dir/j1")"

"$ctl" store backups "$dir/backups" --verify >"$dir/out" 2>&1 && [ "$(grep -c '^20' "$dir/out")" = 3 ]
ok "all are listed and sound" $? "$(cat "$dir/out")"
for name in $(sed -n 's/^\([0-9]*-[0-9]*\) .*/\1/p' "$dir/out"); do
	out=$("$ctl" store restore "$dir/backups" --name "$name" --data "$dir/r-$name" 2>&1)
	ok "one taken under load is restored, rows, chains and folds sound" $? "$out"
done

kill "$pid" && wait "$pid"
pid=
out=$("$anjud" --data "$dir/copy" --socket "$dir/s2" --packs "$packs" 2>&1)
[ $? != 0 ] && echo "$out" | grep -q 'anjuctl store backup'
ok "a copy made with cp is refused, with advice" $? "$out"
out=$("$ctl" store adopt --data "$dir/copy" 2>&1)
code=$?
case $code in
0) run=0 ;;      # sound in itself: may be used
4) run=1 ;;      # torn: says what is wrong, and stays refused
*) run=2 ;;
esac
[ $run != 2 ]
ok "adopting looks whether it is sound" $? "$out"
if [ $run = 0 ]; then
	"$anjud" --data "$dir/copy" --socket "$dir/s2" --packs "$packs" >"$dir/log2" 2>&1 &
	pid=$!
	i=0
	while [ ! -S "$dir/s2" ] && [ $i -lt 300 ]; do
		sleep 0.1
		i=$((i + 1))
	done
	[ -S "$dir/s2" ]
	ok "and is then used" $? "$(cat "$dir/log2")"
else
	out=$("$anjud" --data "$dir/copy" --socket "$dir/s2" --packs "$packs" 2>&1)
	[ $? != 0 ]
	ok "and stays refused" $? "$out"
fi
cp -r "$dir/data" "$dir/rest"
out=$("$ctl" store check --data "$dir/rest" 2>&1)
ok "a copy of a folder at rest is as good as the folder" $? "$out"
echo "1..$n"
