#!/bin/sh
# A reminder's whole way: a deadline comes near, the digest goes to a real mail server and to a real web server.
# TAP.
# usage: channels.sh ANJUD ANJUCTL PLUGINS PACKS SERVERS
anjud=$1 ctl=$2 plugins=$3 packs=$4 servers=$5
dir=$(mktemp -d)
n=0
pid=
unset ANJU_LANG ANJU_SOCKET http_proxy https_proxy
export LANG=C.UTF-8 ASAN_OPTIONS="$ASAN_OPTIONS:detect_leaks=1"

end() {
	exec 3>&- 4>&-
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
until_true() { # command …: for 30 seconds
	i=0
	while [ $i -lt 300 ]; do
		"$@" >/dev/null 2>&1 && return 0
		sleep 0.1
		i=$((i + 1))
	done
	return 1
}
zh() { "$ctl" --socket "$dir/s" "$@"; }

# servers end when their input ends
mkdir "$dir/mail" "$dir/web"
mkfifo "$dir/in3" "$dir/in4" "$dir/port3" "$dir/port4"
/usr/bin/python3 "$servers/smtp_server.py" "$dir/mail" <"$dir/in3" >"$dir/port3" &
exec 3>"$dir/in3"
read -r smtp <"$dir/port3"
/usr/bin/python3 "$servers/http_server.py" "$dir/web" <"$dir/in4" >"$dir/port4" &
exec 4>"$dir/in4"
read -r web <"$dir/port4"

cat >"$dir/anju.json" <<JSON
{"channel": "smtp", "plugin_config": {
  "notify_smtp": {"url": "smtp://127.0.0.1:$smtp", "from": "anju@fengxiang.example", "tls": "none"},
  "notify_webhook": {"url": "http://127.0.0.1:$web/hook"}}}
JSON
run() { # further options of anjud
	"$anjud" --config "$dir/anju.json" --data "$dir/data" --socket "$dir/s" --packs "$packs" --plugins "$plugins" \
		--clock manual --start 2017-08-16T08:00:00+08:00 "$@" >>"$dir/log" 2>&1 &
	pid=$!
	until_true zh clock get
	ok "anjud runs $*" $? "$(cat "$dir/log")"
}
stop() {
	kill "$pid" && wait "$pid"
	pid=
}

run
zh plugin list >"$dir/out"
grep -q notify_smtp "$dir/out" && grep -q notify_webhook "$dir/out"
ok "channels that no pack asks for are loaded" $? "$(cat "$dir/out")"
zh clock advance --to 2017-10-20T12:00:00+08:00 >/dev/null
# every message is delivered, and the server has as many mails
delivered() { [ "$(zh message list --status pending --all | tail -1)" = "（没有）" ]; }
until_true delivered
ok "every message is delivered" $? "$(zh message list --all; tail -5 "$dir/log")"
want=$(zh message list --status delivered --all --json | grep -o '"status": *"delivered"' | wc -l)
got=$(ls "$dir/mail" | grep -c eml)
[ "$want" -gt 0 ] && [ "$want" = "$got" ]
ok "one mail for each message" $? "messages $want, mails $got"
grep -hq '^X-Env-To: .*fengxiang@example.invalid' "$dir"/mail/*.eml
ok "to the unit's own address" $? "$(grep -h '^X-Env-To' "$dir"/mail/*.eml | sort | uniq -c)"
stop

sed -i 's/"channel": "smtp"/"channel": "webhook"/' "$dir/anju.json"
run
zh clock advance --to 2017-11-20T12:00:00+08:00 >/dev/null
until_true delivered
ok "with another channel the rest goes there" $? "$(zh message list --all; tail -5 "$dir/log")"
[ "$(ls "$dir/web" | grep -c json)" -gt 0 ] && grep -q 'idempotency-key' "$dir/web/1.json"
ok "as requests that name the message" $? "$(ls "$dir/web")"
stop
echo "1..$n"
