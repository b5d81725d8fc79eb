#!/bin/sh
# The tools of those who write workflows, without a daemon: anjuctl test and anjuctl try. Scenarios with wrong
# expectations of every kind are reported with the right difference; a session tried by hand becomes a scenario. TAP.
# usage: author.sh ANJUCTL PLUGINS PACKS
ctl=$1 plugins=$2 packs=$3
dir=$(mktemp -d)
n=0
unset ANJU_LANG ANJU_SOCKET
export LANG=C.UTF-8 ASAN_OPTIONS="$ASAN_OPTIONS:detect_leaks=1"
trap 'rm -rf "$dir"' EXIT

ok() { # name, passed (0/1), what to show otherwise
	n=$((n + 1))
	if [ "$2" = 0 ]; then
		echo "ok $n - $1"
	else
		echo "not ok $n - $1"
		printf '%s\n' "$3" | head -40 | sed 's/^/# /'
	fi
}
# name, exit code, text that must be there (extended regex), command …
expect() {
	name=$1 code=$2 text=$3
	shift 3
	out=$("$@" 2>&1)
	got=$?
	[ "$got" = "$code" ] && printf '%s\n' "$out" | grep -qE -- "$text"
	ok "$name" $? "exit $got, expected $code and /$text/: $out"
}
says() { # name, text: in what the last expect printed
	printf '%s\n' "$out" | grep -qE -- "$2"
	ok "$1" $? "expected /$2/: $out"
}
run() { "$ctl" "$@" --plugins "$plugins" --pack fengxiang; }
english() { run "$@" --lang en; }

# --- a copy of the packs with scenarios of its own ---
mkdir "$dir/packs"
cp -r "$packs/base" "$packs/baoji" "$packs/fengxiang" "$dir/packs"
chmod -R u+w "$dir/packs"
rm -rf "$dir/packs/base/scenarios" "$dir/packs/baoji/scenarios"
mkdir "$dir/packs/base/scenarios"
scenario() { # name, rest of the first step's expect
	cat >"$dir/packs/base/scenarios/$1.scenario.json" <<EOF
{"title": {"zh": "任务 $1", "en": "Duty $1"}, "pack": "fengxiang", "start": "2017-09-01",
 "given": [{"open": "duty/a", "as": "610322.government",
   "data": {"owner": "610322.land", "reviewer": "610322.government", "subject": "x", "due_on": "2017-09-29"}}],
 "steps": [{"on": "2017-09-20", "case": "duty/a", "send": "report", "as": "lead@obligation", "data": {"result": "y"}, $2}]}
EOF
}
scenario good '"docs": ["report.duty"], "expect": {"states": ["reported"]}'
expect 'what holds passes' 0 '^通过 base/good  任务 good$' run test "$dir/packs"
says 'the table counts states and transitions' 'duty 限期任务 +2/4 +50% +1/4 +25%'
says 'and lists what is missing' 'base/duty.workflow.json#/states/reported/on/accept  转移未发生  验收通过'
says 'all is summed up' '^1 个情景通过，0 个失败，0 个略过'
expect 'in English as well' 0 'transition never taken  Accept' english test "$dir/packs"

scenario wrong '"docs": ["report.duty"], "expect": {"states": ["open"], "fields": {"result": "z"},
  "deadlines": {"due": {"due": "2017-09-28", "state": "open"}}, "possible": ["report"]}'
expect 'what does not hold fails' 4 '^失败 base/wrong' run test "$dir/packs"
says 'with its place' 'base/scenarios/wrong.scenario.json#/steps/0/expect/states'
says 'the states expected' '预期：\["open"\]'
says 'the states there are' '实际：\["reported"\]'
says 'what is missing and too much' '缺少：open；多出：reported'
says 'a field' '/steps/0/expect/fields/result：字段不符'
says 'a deadline' '实际：\{"due":"2017-09-29","state":"met"\}'
says 'an event' '/steps/0/expect/possible'
says 'who did what' '步骤：2017-09-20 lead@obligation report duty/a'
says 'the others go on' '^通过 base/good'
expect 'one scenario alone' 0 '^1 个情景通过' run test "$dir/packs" --scenario base/good
expect 'one that is not there' 2 '没有情景“bad”' run test "$dir/packs" --scenario bad

scenario refused '"expect": {"states": ["open"]}'
expect 'a refusal nobody expected' 4 '实际："case.needs"' run test "$dir/packs" --scenario refused
says 'says why' '缺少完成情况报告'
scenario allowed '"docs": ["report.duty"], "expect": {"refused": {"rule": "case.needs"}}'
expect 'a refusal that does not come' 4 'expected: \{"rule":"case.needs"\}' english test "$dir/packs" --scenario allowed
says 'is told so' 'actual:   "ok"'
scenario silent '"docs": ["report.duty"], "expect": {"messages": [{"to": "reviewer@obligation", "about": "due"}]}'
expect 'a message that was not sent' 4 '"to":"reviewer@obligation"' run test "$dir/packs" --scenario silent

expect 'as TAP' 4 '^not ok [0-9]+ - base/wrong' run test "$dir/packs" --format tap
says 'with a plan' '^1\.\.5$'
expect 'as JSON' 4 '"status": ?"failed"' run test "$dir/packs" --format json
run test "$dir/packs" --format json 2>/dev/null | python3 -c '
import json, sys
r = json.load(sys.stdin)
assert (r["passed"], r["failed"], r["skipped"]) == (1, 4, 0), r
wrong = [s for s in r["scenarios"] if s["name"] == "wrong"][0]
assert [f["pointer"] for f in wrong["failures"]][0] == "/steps/0/expect/states"
assert wrong["failures"][0]["expected"] == ["open"] and wrong["failures"][0]["actual"] == ["reported"]
duty = [c for c in r["coverage"] if c["workflow"] == "duty"][0]
assert duty["transitions"] == {"seen": 1, "all": 4, "percent": 25}, duty'
ok 'that can be read' $? ''
expect 'as JUnit' 4 '<testsuite name="anju" tests="5" failures="4"' run test "$dir/packs" --format junit
run test "$dir/packs" --format junit 2>/dev/null | python3 -c 'import sys, xml.dom.minidom as x; x.parse(sys.stdin.buffer)'
ok 'that can be read, too' $? ''
expect 'no other format' 2 'text\|json\|tap\|junit' run test "$dir/packs" --format xml

rm "$dir/packs/base/scenarios/"*
scenario good '"docs": ["report.duty"], "expect": {"states": ["reported"]}'
expect 'too little is exercised' 4 'duty.*不到 30%' run test "$dir/packs" --require-coverage 30
sed -i 's/"pack": "fengxiang"/"pack": "qishan"/' "$dir/packs/base/scenarios/good.scenario.json"
expect 'another county is left out' 0 '^略过 base/good.*需要规则包 qishan' run test "$dir/packs"
echo '{"title": {"zh": "一", "en": "one"}, "start": "2017-09-01", "steps": [{"sned": "report"}]}' \
	>"$dir/packs/base/scenarios/typo.scenario.json"
expect 'a mistake in the file is named' 2 'base/scenarios/typo.scenario.json#/steps/0/sned' run test "$dir/packs"
expect 'lint names it, with line and column' 4 'scenarios/typo.scenario.json:1:[0-9]+' run lint "$dir/packs"
rm "$dir/packs/base/scenarios/"*

# --- several leaves ---
all() { "$ctl" "$@" --plugins "$plugins"; }
mkdir -p "$dir/packs/other/scenarios"
echo '{"pack": "other", "version": "1", "extends": "base", "example": true, "title": {"zh": "别处", "en": "Elsewhere"}}' \
	>"$dir/packs/other/pack.json"
echo '{"units": [
 {"code": "330824.government", "kind": "government", "level": "county", "region": "330824", "parent": "cn.government",
  "title": {"zh": "县", "en": "County"}}]}' >"$dir/packs/other/units.json"
scenario good '"docs": ["report.duty"], "expect": {"states": ["reported"]}'
sed -e 's/610322\.land/330824.government/; s/610322\.government/330824.government/; s/"pack": "fengxiang"/"pack": "other"/' \
	"$dir/packs/base/scenarios/good.scenario.json" >"$dir/packs/other/scenarios/elsewhere.scenario.json"
expect 'without a name all leaves are tried' 0 '^通过 other/elsewhere' all test "$dir/packs"
says 'each scenario once' '^2 个情景通过，0 个失败，0 个略过'
says 'and what they exercise counts together' 'duty 限期任务 .*1/4'
expect 'with a name that one' 0 '^1 个情景通过' all test "$dir/packs" --pack other --scenario elsewhere
expect 'lint looks at all leaves' 0 'other' all lint "$dir/packs"
sed -i 's/"title"/"exampel": 1, "title"/' "$dir/packs/other/pack.json"
expect 'and names a mistake in any' 4 'other/pack.json:1' all lint "$dir/packs"
sed -i 's/"digest_at"/"digets_at"/' "$dir/packs/base/pack.json"
expect 'what two of them share' 4 'base/pack.json:[0-9:]+ 错误：不认识的成员 "digets_at"' all lint "$dir/packs"
ok 'once' "$(($(all lint "$dir/packs" 2>&1 | grep -c '错误：.*"digets_at"') != 1))" "$(all lint "$dir/packs" 2>&1)"
sed -i 's/"digets_at"/"digest_at"/' "$dir/packs/base/pack.json"
rm -r "$dir/packs/other" "$dir/packs/base/scenarios/"*

# --- rows ---
rows() { "$ctl" rows --packs "$dir/packs" "$@"; }
cat >"$dir/packs/base/scenarios/shown.scenario.json" <<'EOF'
{"title": {"zh": "任务", "en": "Duty"}, "pack": "fengxiang", "start": "2017-09-01", "rows": ["ZZ-R-01"],
 "steps": [{"open": "duty/a", "as": "610322.government", "rows": ["BJ-D-04", "ZZ-D-10"],
   "data": {"owner": "610322.land", "reviewer": "610322.government", "subject": "x", "due_on": "2017-09-29"},
   "expect": {"deadlines": {"due": {"due": "2017-09-29"}}}}]}
EOF
expect 'a step may say which rows it shows' 0 '^1 个情景通过' run test "$dir/packs" --scenario shown
expect 'a row has its definitions' 0 '任务 +baoji/obligations.json#/obligations/0 +报备' rows BJ-D-04
says 'and its scenarios, with days' '情景 +base/scenarios/shown.scenario.json#/steps/0 +任务 +2017-09-01 至 2017-09-29'
expect 'below a prefix' 0 '^ZZ-R-01' rows ZZ
says 'of every kind' '^ZZ-D-10'
expect 'or of one' 0 '^ZZ-D-10' rows --kind D
ok 'only' "$(rows --kind D | grep -c -- '-R-')" "$(rows --kind D)"
expect 'a number is not the beginning of a longer one' 4 '没有一处写明条目 ZZ-D-1$' rows ZZ-D-1
expect 'as a table' 0 '^\| ZZ-D-10 \|  \| `base/scenarios/shown.scenario.json#/steps/0` \|$' rows ZZ-D --format md
rows ZZ-D-10 --json | python3 -c '
import json, sys
row, = json.load(sys.stdin)["rows"]
assert row["id"] == "ZZ-D-10" and row["definitions"] == [], row
assert row["scenarios"][0]["due"] == [{"case": "duty/a", "deadline": "due", "due": "2017-09-29"}], row'
ok 'as JSON' $? "$(rows ZZ-D-10 --json)"
expect 'no other format' 2 'text\|json\|md' rows --format xml
expect 'a folder must be there' 2 "$dir/none" "$ctl" rows --packs "$dir/none"
sed -i 's/"ZZ-D-10"/"zz"/' "$dir/packs/base/scenarios/shown.scenario.json"
expect 'what is no row is refused' 2 'shown.scenario.json#/steps/0/rows/1' run test "$dir/packs"
echo '{' >"$dir/packs/base/scenarios/shown.scenario.json"
expect 'a file that is no JSON is named' 2 'shown.scenario.json' rows
rm "$dir/packs/base/scenarios/"*

# --- blanks that a county has filled in ---
mkdir "$dir/filled"
cp -r "$packs/base" "$packs/guangxi" "$(dirname "$0")/../data/filled" "$dir/filled"
expect 'what a county fills in has its date' 0 '^通过 filled/filled_in' all test "$dir/filled" --pack filled --scenario filled_in
sed -i 's/2021-06"/2021-05"/' "$dir/filled/filled/pack.json"
expect 'the one it says' 4 '实际：\{"due":"2021-05-31"' all test "$dir/filled" --pack filled --scenario filled_in
expect 'and its rows name it' 0 '本地填定 +filled/pack.json#/local/GX-D-01' "$ctl" rows --packs "$dir/filled" GX-D-01
rm -r "$dir/filled"

# --- what begins when somebody says so ---
mkdir "$dir/packs/fengxiang/scenarios"
cat >"$dir/packs/fengxiang/obligations.json" <<'EOF'
{"obligations": [{"id": "told", "title": {"zh": "整改", "en": "Put right"}, "workflow": "duty",
  "for": {"kind": "land", "level": "county"}, "trigger": {"zh": "发现问题", "en": "a problem is found"},
  "due": {"after": "3wd"}, "reviewer": ["government@county"], "key": "told-{unit}-{date}", "rows": ["ZZ-D-01"]}]}
EOF
begun() { # name, act and expectation: after it has begun
	cat >"$dir/packs/fengxiang/scenarios/$1.scenario.json" <<EOF
{"title": {"zh": "触发 $1", "en": "Triggered $1"}, "start": "2017-09-01", "steps": [{"on": "2017-09-06", $2}]}
EOF
}
begun said '"begin": "told", "for": "610322.land", "effective": "2017-09-04",
  "expect": {"states": ["open"], "deadlines": {"due": {"due": "2017-09-07", "state": "open"}}}}, {"send": "report",
  "as": "610322.land", "data": {"result": "x"}, "docs": ["report.duty"], "expect": {"states": ["reported"]}'
expect 'an obligation begins by word, and its case is at hand' 0 '^1 个情景通过' run test "$dir/packs" --scenario said
begun none '"begin": "tole", "for": "610322.land"'
expect 'one that is not there is named' 2 'none.scenario.json#/steps/0/begin: .*told' run test "$dir/packs" --scenario none
begun none '"begin": "monthly_report", "for": "610322.land"'
expect 'nor one that begins by the calendar' 2 'steps/0/begin: .*told' run test "$dir/packs" --scenario none
begun none '"begin": "told"'
expect 'it must be said for whom' 2 'steps/0/for' run test "$dir/packs" --scenario none
begun none '"begin": "told", "for": "610322.land", "data": {"result": "x"}'
expect 'fields do not come with it' 2 'steps/0/data' run test "$dir/packs" --scenario none
begun none '"ref": "x"'
expect 'nor a reference without it' 2 'steps/0/ref' run test "$dir/packs" --scenario none
begun none '"begin": "told", "for": "610322.drc", "expect": {"refused": {"rule": "engine.not_obliged", "text": "610322.drc"}}'
expect 'whom it does not concern is refused' 0 '^1 个情景通过' run test "$dir/packs" --scenario none
begun none '"begin": "told", "for": "610322.land", "as": "610322.drc", "expect": {"refused": {"rule": "engine.obligation_role"}}'
expect 'and who may not say so' 0 '^1 个情景通过' run test "$dir/packs" --scenario none
begun none '"begin": "told", "for": "610322.land", "as": "nobody", "expect": {"refused": {"rule": "sandbox.actor"}}'
expect 'a stranger is no unit' 2 'steps/0/as' run test "$dir/packs" --scenario none
rm -r "$dir/packs/fengxiang/scenarios" "$dir/packs/fengxiang/obligations.json"

# --- try ---
session() { # lines: tried on a duty
	printf '%s\n' "$@" | run try duty "$dir/packs" --start 2017-09-01 --lang en
}
opened='open a owner=610322.land reviewer=610322.government subject="Survey of plots" due_on=2017-09-29'
expect 'a case is opened by whoever may' 0 'done, by government@county' session "$opened"
says 'the states are shown' '^  Open \(open\)$'
says 'its deadline' 'due 2017-09-29 Fulfil the duty'
says 'what is possible, and for whom' 'report  Report -- Fengxiang Bureau of Land and Resources'
says 'what is in the way' 'not yet: .*missing Report on the duty'
expect 'why not' 0 'only from "Reported"' session "$opened" 'why accept'
expect 'a refusal is told' 0 '^refused: .*missing Report on the duty' session "$opened" 'send report result=x'
expect 'fields and documents are kept for the next act' 0 'Reported \(reported\)' \
	session "$opened" 'set result=done --doc report.duty' 'send report'
expect 'another unit may not' 0 'may not "Report"' session "$opened" 'as 610322.drc' 'send report result=x'
expect 'time brings messages' 0 'message 2017-09-22 -> Fengxiang Bureau of Land and Resources' \
	session "$opened" 'on 2017-09-22'
expect 'an act is taken back' 0 '^> undo' session "$opened" 'send report result=x --doc report.duty' undo
says 'and the case is as before' '^  Open \(open\)$'
expect 'a line without sense is one, and the session goes on' 2 'no command "dance"' session dance "$opened"
says 'to its end' 'done, by government@county'
expect 'a day gone by does not come again' 2 'clock' session "$opened" 'on 2017-08-01'
expect 'an unknown field' 0 'refused: .*colour' session "$opened" 'send report colour=red --doc report.duty'
expect 'the clock begins where it is told to' 0 '^2017-09-01 09:00' session show
expect 'help lists the commands' 0 '^  amend FIELD=VALUE' session help
expect 'no such workflow' 2 'household' run try castle "$dir/packs"

saved=$dir/packs/base/scenarios/tried.scenario.json
expect 'a session is written down' 0 'written to .*, 4 steps' session "$opened" 'send report result=x' \
	'send report result=x --doc report.duty' 'wait 3d' "save $saved 'Tried by hand'"
expect 'and holds' 0 '^通过 base/tried' run test "$dir/packs"
expect 'a session goes on where a scenario ends' 0 '^  Reported \(reported\)$' sh -c \
	"echo 'send accept
save $dir/packs/base/scenarios/more.scenario.json' | '$ctl' try duty '$dir/packs' --pack fengxiang --plugins '$plugins' --lang en --scenario tried"
expect 'and is written as its continuation' 0 '^通过 base/more' run test "$dir/packs"
grep -q '"continues": "tried"' "$dir/packs/base/scenarios/more.scenario.json"
ok 'by its name' $? ''
echo "1..$n"
