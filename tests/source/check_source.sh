#!/bin/sh
# House rules that grep can see. TAP.
cd "$1" || exit 1
files=$(git ls-files -co --exclude-standard '*.c' '*.h' 2>/dev/null)
[ -n "$files" ] || files=$(find core plugins include tests contrib -name '*.[ch]')
say() { # number, name, offending text
	if [ -z "$3" ]; then echo "ok $1 - $2"; else
		echo "not ok $1 - $2"
		echo "$3" | head -20 | sed 's/^/# /'
	fi
}
echo 1..8
say 1 "no trailing space" "$(grep -nE '[ 	]+$' $files)"
say 2 "no forbidden calls" "$(grep -nE '\b(strcpy|strcat|sprintf|strtok|atoi|atol|system|gets|vsprintf)\(' $files |
	grep -v 'allowed:')"
keys=$(grep -ohE 'anju_fail\([^,]*, *ANJU_[A-Z_]+, *"[a-z_]+\.[a-z_0-9]+"|json_fail_at\([^,]*, *"[a-z_]+\.[a-z_0-9]+"' \
	-r core --include='*.c' -z | tr '\0' '\n' | grep -oE '"[a-z_]+\.[a-z_0-9]+"' | sort -u)
missing=
for k in $keys; do
	grep -q "M($k," core/base/messages_table.h core/base/messages_lint.h || missing="$missing
$k"
done
say 3 "every message key has its sentences" "$missing"
say 4 "message keys stand once" "$(grep -ohE '^M\("[^"]+"' core/base/messages_table.h core/base/messages_lint.h | sort | uniq -d)"
if command -v clang-format >/dev/null; then
	say 5 "format" "$(clang-format --dry-run $files 2>&1 | grep -E 'warning:' | cut -d: -f1 | sort | uniq -c)"
else
	echo "ok 5 - format # SKIP clang-format is not installed"
fi
say 6 "headers compile alone" "$(for h in $(echo "$files" | tr ' ' '\n' | grep '\.h$' | grep -vE 'messages_(table|lint)|impl_|^tests/'); do
	printf '#include "%s"\n' "$h" | ${CC:-cc} -std=gnu11 -D_GNU_SOURCE -I. -Icore -Iinclude -Iplugins/mail -Iplugins/transfer -fsyntax-only -x c - 2>&1 |
		grep -m1 error: | sed "s|^|$h: |"
done)"
used=$(grep -rohE '@say\.[a-z_0-9]+' core --include='*.c' | cut -c2- | sort -u)
have=$(grep -oE '^M\("say\.[a-z_0-9]+' core/base/messages_table.h | cut -c4- | sort -u)
say 7 "every phrase is said, and has its sentences" "$(printf '%s\n%s\n' "$used" "$have" | sort | uniq -u)"
# values of found and allowed are the same in every language: words stand in the table
calls='(?s)\b(anju_error_(allowed|found|where)|json_fail_at|load_finding(_text)?|check_wrong|fail_[a-z]+|compile_fail_at|chart_compile_fail|refuse|bad_cell)\([^;]*?\);'
say 8 "no English in found and allowed" "$(grep -rPzoh "$calls" core --include='*.c' | tr '\0\n' '\n ' |
	grep -vE '^(fail_row|fail_stored)|anju_fail\(' | grep -oE '"([^"\\]|\\.)*"' |
	grep -E '^"([^"]*[^a-z])?(of|the|an|or|such|with|that|one|must|not) ' | sort -u)"
