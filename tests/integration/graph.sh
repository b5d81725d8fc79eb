#!/bin/sh
# anjuctl graph: formats, names that are nearly right, Graphviz missing or failing, pictures as they are kept. TAP.
# usage: graph.sh ANJUCTL PACKS ODD_PACKS PICTURES
absolute() {
	echo "$(cd "$(dirname "$1")" && pwd)/$(basename "$1")"
}
ctl=$(absolute "$1") packs=$(absolute "$2") odd=$(absolute "$3") pictures=$(absolute "$4")
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
mkdir "$dir/tmp" "$dir/empty"
n=0
unset ANJU_DOT ANJU_LANG
export ANJU_LANG=en LC_ALL=C.UTF-8 TMPDIR="$dir/tmp" ASAN_OPTIONS="${ASAN_OPTIONS:-}:detect_leaks=1"
have_dot=0 have_font=0
command -v dot >/dev/null && have_dot=1
fc-match 'Noto Sans CJK SC' 2>/dev/null | grep -q 'Noto Sans CJK SC' && have_font=1

ok() { # name, passed (0/1), what to show otherwise
	n=$((n + 1))
	if [ "$2" = 0 ]; then
		echo "ok $n - $1"
	else
		echo "not ok $n - $1"
		printf '%s\n' "$3" | head -20 | sed 's/^/# /'
	fi
}
expect() { # name, exit code, text that must be there (extended regex), command …
	name=$1 code=$2 text=$3
	shift 3
	out=$("$@" 2>&1)
	got=$?
	[ "$got" = "$code" ] && printf '%s\n' "$out" | grep -qE -- "$text"
	ok "$name" $? "exit $got, expected $code and /$text/: $out"
}
skip() { # name: needs Graphviz, or the font that widths were estimated for
	n=$((n + 1))
	echo "ok $n - $1 # SKIP no graphviz or no fonts-noto-cjk here"
}

# --- formats ---

expect 'dot' 0 '^digraph "household" \{' "$ctl" graph household "$packs" --format dot
expect 'mermaid' 0 '^stateDiagram-v2' "$ctl" graph household "$packs" --format mermaid
expect 'in Chinese' 0 '签订三项协议' "$ctl" graph household "$packs" --format dot --lang zh
expect 'another pack of the folder' 0 'digraph "duty"' "$ctl" graph duty "$packs" --pack base --format dot
"$ctl" graph project "$packs" --format dot >"$dir/a" && "$ctl" graph project "$packs" --format=dot -o "$dir/b" &&
	cmp -s "$dir/a" "$dir/b"
ok 'a file has the same bytes as standard output' $? "$(ls -l "$dir")"
expect 'a part of it' 0 '"relocation.agree.survey" \[' "$ctl" graph household "$packs" --state relocation.agree --format dot
"$ctl" graph household "$packs" --state relocation.agree --format dot | grep -q relocation.exit
ok 'and nothing else' $((1 - $?)) 'relocation.exit is drawn as well'
"$ctl" graph household "$packs" --at 'relocation.agree.survey old_home.occupied' --format dot >"$dir/a"
[ "$(grep -o ffdf6b "$dir/a" | wc -l)" = 2 ]
ok 'two states marked' $? "$(grep -c ffdf6b "$dir/a")"
(cd "$(dirname "$packs")" && "$ctl" graph duty --format mermaid) >"$dir/a" 2>&1
ok 'the folder workflows is found here' $? "$(cat "$dir/a")"

# --- where a case is: a daemon that knows one ---

cat >"$dir/daemon.py" <<'END'
import json, socket, sys
server = socket.socket(socket.AF_UNIX)
server.bind(sys.argv[1])
server.listen(1)
print("ready", flush=True)
peer = server.accept()[0]
for line in peer.makefile():
    request = json.loads(line)
    answer = {"states": ["relocation.agree.survey", "old_home.occupied", "support.planned"]}
    if request.get("params", {}).get("case") != "household/990322-0001":
        answer = {"states": []}
    peer.sendall((json.dumps({"jsonrpc": "2.0", "id": request.get("id"), "result": answer}) + "\n").encode())
END
mkfifo "$dir/ready"
timeout 60 python3 "$dir/daemon.py" "$dir/s" >"$dir/ready" &
read -r _ <"$dir/ready"
"$ctl" graph household "$packs" --case 990322-0001 --at dossier.complete --socket "$dir/s" --format dot >"$dir/a" 2>&1
[ "$(grep -o ffdf6b "$dir/a" | wc -l)" = 4 ]
ok 'the states of a case, and one more' $? "$(grep -v '^	' "$dir/a")"
wait
expect 'no daemon to ask' 3 '' "$ctl" graph household "$packs" --case 990322-0001 --socket "$dir/none" --format dot

# --- mistakes ---

expect 'a workflow nearly named' 2 'did you mean household' "$ctl" graph houshold "$packs"
expect 'a workflow nearly named, in Chinese' 2 '是不是 household' "$ctl" graph houshold "$packs" --lang zh
expect 'no such workflow' 2 'there are: .*project' "$ctl" graph zzzzzzzzzz "$packs"
expect 'a state nearly named' 2 'did you mean relocation.agree.matched' \
	"$ctl" graph household "$packs" --at relocation.agree.matchd
expect 'no such part' 2 'no state "?nowhere' "$ctl" graph household "$packs" --state nowhere
expect 'no such format' 2 'svg\|dot\|mermaid' "$ctl" graph household "$packs" --format png
expect 'no such folder' 2 nowhere "$ctl" graph household "$dir/nowhere"
expect 'a file that cannot be written' 2 'nowhere' "$ctl" graph duty "$packs" --format dot -o "$dir/nowhere/x"
expect 'no operand' 2 'WORKFLOW' "$ctl" graph

# --- Graphviz ---

expect 'no Graphviz' 2 'graphviz' env PATH="$dir/empty" "$ctl" graph duty "$packs"
expect 'no Graphviz, in Chinese' 2 '软件包 graphviz' env PATH="$dir/empty" "$ctl" graph duty "$packs" --lang zh
expect 'no Graphviz, dot all the same' 0 '^digraph' env PATH="$dir/empty" "$ctl" graph duty "$packs" --format dot
env PATH="$dir/empty" "$ctl" graph duty "$packs" -o "$dir/none.svg" >/dev/null 2>&1
[ ! -e "$dir/none.svg" ]
ok 'no Graphviz, no half a file' $? ''
expect 'Graphviz fails' 2 'has failed' env ANJU_DOT=false "$ctl" graph duty "$packs"
(cd "$dir" && ANJU_DOT='touch pwned; dot' "$ctl" graph duty "$packs" >/dev/null 2>&1)
[ $? = 2 ] && [ ! -e "$dir/pwned" ]
ok 'no shell' $? "$(ls "$dir")"

workflows() { # folder of packs: each as "pack/workflow"
	(cd "$1" && find . -name '*.workflow.json' | sed 's|^\./||; s|\.workflow\.json$||' | sort)
}
if [ $have_dot$have_font = 11 ]; then
	for folder in "$packs" "$odd"; do
		for one in $(workflows "$folder"); do
			pack=${one%%/*} workflow=${one#*/}
			for lang in zh en; do
				# by the pack that is taken unnamed, else by its own, an example
				{
					"$ctl" graph "$workflow" "$folder" --lang $lang --format dot 2>/dev/null ||
						"$ctl" graph "$workflow" "$folder" --pack "$pack" --lang $lang --format dot
				} >"$dir/x.dot" &&
					dot -Tsvg "$dir/x.dot" >"$dir/x.svg" 2>"$dir/said" &&
					python3 -c 'import sys, xml.dom.minidom as m; m.parse(sys.argv[1])' "$dir/x.svg" \
						2>>"$dir/said" && [ ! -s "$dir/said" ]
				ok "$workflow in $lang: Graphviz has nothing to complain of" $? "$(cat "$dir/said")"
			done
		done
	done
else
	skip 'Graphviz has nothing to complain of'
fi
if [ $have_dot = 1 ]; then
	expect 'svg' 0 '</svg>' "$ctl" graph duty "$packs"
	"$ctl" graph odd "$odd" >"$dir/x.svg" && grep -qF '一 &amp; &quot;二&quot; &lt;三&gt; \ 四' "$dir/x.svg" ||
		grep -qF '>● 一 &amp; &quot;二&quot; &lt;三&gt;<' "$dir/x.svg" || grep -qF '>● One &amp;' "$dir/x.svg"
	ok 'titles come through as they are' $? "$(grep -o '<text.*One.*' "$dir/x.svg" | head -3)"
else
	skip 'svg'
fi
[ -z "$(ls -A "$dir/tmp")" ]
ok 'no temporary files' $? "$(ls "$dir/tmp")"

# --- the pictures that are kept ---

structure() { # names and texts of a picture, whatever the fonts
	grep -oE '<title>[^<]*|<text[^>]*>[^<]*' "$1" | sed 's/<text[^>]*>/text /'
}
version() {
	grep -o 'Generated by graphviz version [^ ]*' "$1"
}
while read -r sum name; do
	workflow=${name%%.*} lang=${name#*.}
	lang=${lang%.dot}
	now=$("$ctl" graph "$workflow" "$packs" --lang "$lang" --format dot | sha256sum)
	[ "${now%% *}" = "$sum" ]
	ok "$name is as the packs are now (else: ninja pictures)" $? "$now"
	kept=$pictures/$workflow.$lang.svg
	if [ $have_dot = 0 ]; then
		skip "${kept##*/}"
		continue
	fi
	"$ctl" graph "$workflow" "$packs" --lang "$lang" -o "$dir/now.svg"
	if [ "$(version "$kept")" = "$(version "$dir/now.svg")" ] && [ $have_font = 1 ]; then
		cmp "$kept" "$dir/now.svg" >"$dir/found" 2>&1
	else
		structure "$kept" >"$dir/kept.txt"
		structure "$dir/now.svg" >"$dir/now.txt"
		diff "$dir/kept.txt" "$dir/now.txt" >"$dir/found"
	fi
	ok "${kept##*/} is as the packs are now (else: ninja pictures)" $? "$(cat "$dir/found")"
done <"$pictures/sources.sha256"
[ "$(wc -l <"$pictures/sources.sha256")" = 4 ]
ok 'four pictures are kept' $? "$(cat "$pictures/sources.sha256")"
echo "1..$n"
