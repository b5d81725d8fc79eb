# Part of examples.sh: what the documents name is there, and the JSON that they show is accepted.

# --- files, pages, options ---

cd "$src" || give_up 'no sources'
for f in README.md README.zh.md docs/ARCHITECTURE.md; do
	{
		grep -oE '\]\([^)#:]+' "$f" | sed 's/^](//' | while read -r p; do echo "$(dirname "$f")/$p"; done
		grep -oE '`(contrib|docs|workflows|core|tests|include|plugins)/[^` ]*`' "$f" | tr -d '`'
	} | sort -u | while read -r p; do [ -e "$p" ] || echo "$f names $p"; done >"$dir/found.log"
	none "files named in $f"
done

grep -oE '`core/[a-z_/]*\.c`' docs/ARCHITECTURE.md | tr -d '`' | while read -r p; do
	grep -q '^/\*~' "$p" || echo "$p has no comment that opens with /*~"
done >"$dir/found.log"
none 'the reading tour'

grep -ohE '`man [^`]*`' README.md README.zh.md | tr -d '`' | sort -u >"$dir/pages"
if ! command -v man >/dev/null || ! man "$src/docs/anjud.8" >/dev/null 2>&1; then
	tests=$((tests + 1))
	echo "ok $tests - manual pages named in the READMEs # SKIP no man here"
else
	while read -r _ page; do
		(cd "$dir/county" && man "$page" 2>&1 >"$dir/out" && [ "$(wc -l <"$dir/out")" -gt 20 ]) ||
			echo "man $page"
	done <"$dir/pages" >"$dir/found.log"
	none 'manual pages named in the READMEs'
fi

# both ways: what is named is there, what is there is named
"$anjud" --help | grep -oE -e '--[a-z]+(-[a-z]+)*' | sort -u >"$dir/options"
grep -oE 'Fl -[a-z-]+' docs/anjud.8 | sed 's/Fl /-/' | sort -u >"$dir/named.8"
grep -oE -e '--[a-z]+(-[a-z]+)*' docs/anjud.zh.md | sort -u >"$dir/named.zh"
comm -3 "$dir/options" "$dir/named.8" >"$dir/found.log"
none 'options of anjud(8)'
comm -13 "$dir/options" "$dir/named.zh" >"$dir/found.log"
none 'options in docs/anjud.zh.md'

# a command line with an ellipsis is not run: its options at least are known
for f in README.md README.zh.md; do
	grep -oE '`(build/)?(anjuctl|anjud) [^`]*…[^`]*`' "$f" | tr -d '`' | while read -r program rest; do
		case $program in
		*anjud) "$anjud" --help >"$dir/out" ;;
		*) "$anjuctl" help $(echo "$rest" | grep -oE '^[a-z]+( [a-z]+)?') >"$dir/out" ;;
		esac
		echo "$rest" | grep -oE -e '--[a-z]+(-[a-z]+)*' | while read -r option; do
			grep -qE -e "^ *$option( |$)" "$dir/out" || echo "$program $rest: $option"
		done
	done >"$dir/found.log"
	none "options of the sketches in $f"
done

# --- JSON ---

literal() { # file, number: that display of the page
	awk -v n="$2" '/^\.Bd -literal/ { on = ++i == n; next } /^\.Ed/ { on = 0 } on' "$1"
}

cp -r "$packs" "$dir/whole/workflows"
whole=$dir/whole/workflows
displays=$(grep -c '^\.Bd -literal' docs/anju-pack.5)
i=0
while [ "$i" -lt "$displays" ]; do
	i=$((i + 1))
	literal docs/anju-pack.5 "$i" >"$dir/display"
	first=$(head -1 "$dir/display")
	case $first in
	'{"pack":'*)
		cp "$dir/display" "$whole/$(echo "$first" | sed 's/^{"pack": "\([^"]*\)".*/\1/')/pack.json"
		"$anjuctl" lint "$whole" --plugins "$plugins" >"$dir/found.log" 2>&1
		;;
	*'{{'*)
		mkdir -p "$whole/fengxiang/templates"
		cp "$dir/display" "$whole/fengxiang/templates/body.en.mustache"
		"$anjuctl" lint "$whole" --plugins "$plugins" >"$dir/found.log" 2>&1 &&
			"$anjuctl" notify preview "$whole" --pack fengxiang --template body --lang en >"$dir/found.log" 2>&1 &&
			grep -q '^- 12 x Household: ' "$dir/found.log"
		;;
	'{'*) python3 "$here/helper.py" parse <"$dir/display" >"$dir/found.log" 2>&1 ;;
	'"deadlines":'*)
		python3 "$here/helper.py" deadlines "$whole" <"$dir/display" >"$dir/found.log" 2>&1 &&
			"$anjuctl" lint "$whole" --plugins "$plugins" >"$dir/found.log" 2>&1
		;;
	*)
		python3 "$here/helper.py" put "$whole" <"$dir/display" >"$dir/found.log" 2>&1 &&
			"$anjuctl" lint "$whole" --plugins "$plugins" >"$dir/found.log" 2>&1
		;;
	esac
	said $? "anju-pack(5): $first"
done

literal docs/anjud.8 1 >"$dir/config.json"
python3 "$here/helper.py" account "$dir/config.json" root nobody &&
	"$anjud" --check --config "$dir/config.json" --packs "$packs" --plugins "$plugins" >"$dir/found.log" 2>&1
said $? 'anjud(8): the configuration'
"$anjud" --check --config contrib/systemd/anju.json --packs "$packs" --plugins "$plugins" >"$dir/found.log" 2>&1
said $? 'contrib/systemd/anju.json'

for f in docs/*.md README.md README.zh.md; do
	{
		# whole objects within a sentence; one without colon or with an ellipsis only names members
		grep -oE '`\{"[^`]*\}`' "$f" | tr -d '`' | grep '":' | grep -v '…'
		grep -oE '`"[a-z_]+": [^`]*`' "$f" | tr -d '`' | grep -v '…' | sed 's/.*/{&}/'
	} >"$dir/objects"
	while read -r object; do
		echo "$object" | python3 "$here/helper.py" parse >/dev/null 2>&1 || echo "$object"
	done <"$dir/objects" >"$dir/found.log"
	none "objects in $f: $(wc -l <"$dir/objects")"
done
