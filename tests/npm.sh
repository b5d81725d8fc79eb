# Sourced by tests that hold anju against an npm package: installs what FOLDER/package.json names into the build folder
# and never into the sources. Prints why and ends with 1 when it cannot be had.
#   npm_install FOLDER BUILD_FOLDER
npm_install() {
	command -v node >/dev/null || {
		echo 'there is no node here'
		return 1
	}
	node -e 'process.exit(Number(process.versions.node.split(".")[0]) >= 18 ? 0 : 1)' || {
		echo 'node is older than 18'
		return 1
	}
	cmp -s "$1/package-lock.json" "$2/node_modules/.installed" && return 0
	command -v npm >/dev/null || {
		echo 'there is no npm here'
		return 1
	}
	mkdir -p "$2" && rm -rf "$2/node_modules"
	cp "$1/package.json" "$1/package-lock.json" "$2" || return 1
	(cd "$2" && timeout 120 npm ci --ignore-scripts --no-audit --no-fund --fetch-retries 1 >npm.log 2>&1) || {
		echo "the package cannot be installed: $(grep -m 1 'npm error' "$2/npm.log")"
		return 1
	}
	cp "$1/package-lock.json" "$2/node_modules/.installed"
}
