#!/bin/sh
# Whatever loading or linting finds has a sentence on how to mend it, in both languages. TAP.
cd "$1" || exit 1
table="core/base/messages_table.h core/base/messages_lint.h"
ids=$(cat core/pack/*.c core/lint/*.c core/deadline/*.c core/chart/compile*.c core/org/org.c core/org/role.c \
	core/expr/lex.c core/expr/parse.c core/expr/check*.c core/expr/expr.c core/expr/ast.c core/expr/array.c \
	core/expr/convert.c core/expr/instant.c core/expr/macro.c core/expr/funcs.c core/expr/pattern*.c \
	core/calendar/date.c core/calendar/duration.c core/calendar/recurrence.c core/base/json.c core/base/error.c \
	core/plugin/manifest.c core/plugin/set.c 2>/dev/null |
	grep -oE '"(pack|chart|json|org|expr|calendar|deadline|sys|mem|lint|plugin)\.[a-z_]+"' | tr -d '"' | sort -u)
echo "1..2"
bad=
n=0
for id in $ids; do
	# names that are no message, such as pack.json
	grep -qF "M(\"$id\"," $table || continue
	n=$((n + 1))
	grep -qF "M(\"mend.$id\"," $table || bad="$bad $id"
done
if [ -z "$bad" ] && [ $n -gt 100 ]; then
	echo "ok 1 - $n findings say how to mend them"
else
	echo "not ok 1 - findings without \"mend.…\" (of $n):$bad"
fi
bad=
for id in $(grep -oE '"lint\.[a-z_]+", LINT_' core/lint/rules.c | grep -oE 'lint\.[a-z_]+'); do
	for key in "$id" "mend.$id" "rule.$id"; do
		grep -qF "M(\"$key\"," $table || bad="$bad $key"
	done
done
if [ -z "$bad" ]; then
	echo "ok 2 - each rule of the linter has its three sentences"
else
	echo "not ok 2 - lines missing:$bad"
fi
