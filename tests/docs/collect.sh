#!/bin/sh
# The command lines that the documents show, as SOURCE<tab>LINE.
#   collect.sh SOURCE_FOLDER ANJUCTL
set -u
src=$1 anjuctl=$2

roff() { # takes the escapes of roff away
	sed -e 's/\\-/-/g' -e "s/\\\\(aq/'/g" -e 's/\\(dq/"/g' -e 's/\\&//g' -e 's/\\e/\\/g'
}

for f in README.md README.zh.md; do
	awk -v f="$f" '/^```/ { sh = $0 == "```sh"; next } sh && NF { print f "\t" $0 }' "$src/$f"
	# commands within a sentence: an ellipsis makes no whole line, a bare name must be a command
	grep -oE '`(build/)?(anjuctl|anjud) [^`]*`' "$src/$f" | tr -d '`' | grep -v '…' |
		sed -e '/--/!s/anjuctl /anjuctl help /' -e "s|^|$f	|"
done

for lang in en zh; do
	"$anjuctl" help --lang "$lang" |
		awk '/^(Commands|命令)/ { on = 1; next } /^$/ { on = 0 } on { sub(/^  /, ""); sub(/  .*/, "")
			name = $1; if ($2 ~ /^[a-z]+$/) name = name " " $2; print name }' |
		while read -r command; do
			echo "help-$lang	anjuctl help $command"
			# shellcheck disable=SC2086
			"$anjuctl" help $command --lang "$lang" |
				awk -v s="help-$lang" '/^(Examples|示例)/ { on = 1; next } on && NF { sub(/^  /, ""); print s "\t" $0 }'
		done
done

for f in docs/anjuctl.1 docs/zh_CN/anjuctl.1; do
	awk -v f="$f" '$0 == ".EX" { on = 1; next } $0 == ".EE" { on = 0 } on { print f "\t" $0 }' "$src/$f" | roff
done
awk '/^\.Sh / { on = /EXAMPLES/ } on && /^\.Dl / { print "docs/anjud.8\t" substr($0, 5) }' "$src/docs/anjud.8" | roff
