/* No exception leaves this file: each entry point catches what memory may throw. */
#include "expr/regex.h"

#include <new>
#include <re2/re2.h>

struct regex {
	RE2 re;
	regex(const re2::StringPiece &pattern, const RE2::Options &options) : re(pattern, options)
	{
	}
};

namespace
{

constexpr int64_t max_bytes = 1 << 20; /* program and state cache of one pattern */

RE2::Options options_of()
{
	RE2::Options options;
	options.set_log_errors(false);
	options.set_max_mem(max_bytes);
	return options;
}

regex_fault fault_of(RE2::ErrorCode code)
{
	switch (code) {
	case RE2::NoError:
		return REGEX_FINE;
	case RE2::ErrorBadEscape:
	case RE2::ErrorTrailingBackslash:
		return REGEX_ESCAPE;
	case RE2::ErrorBadCharClass:
	case RE2::ErrorBadCharRange:
		return REGEX_CLASS;
	case RE2::ErrorMissingBracket:
		return REGEX_BRACKET;
	case RE2::ErrorMissingParen:
	case RE2::ErrorUnexpectedParen:
		return REGEX_PAREN;
	case RE2::ErrorRepeatArgument:
	case RE2::ErrorRepeatOp:
		return REGEX_REPEAT;
	case RE2::ErrorRepeatSize:
		return REGEX_REPEAT_COUNT;
	case RE2::ErrorBadPerlOp:
	case RE2::ErrorBadNamedCapture:
		return REGEX_GROUP;
	case RE2::ErrorPatternTooLarge:
		return REGEX_TOO_LARGE;
	case RE2::ErrorInternal:
	case RE2::ErrorBadUTF8:
		break;
	}
	return REGEX_OTHER;
}

/* RE2 quotes the part that is wrong; where in the pattern it stands has to be looked for. */
regex_error error_of(const RE2 &re, size_t len)
{
	const std::string &part = re.error_arg();
	size_t at = part.empty() ? std::string::npos : re.pattern().rfind(part);
	regex_error err = {fault_of(re.error_code()), 0, len};
	if (at != std::string::npos && err.fault != REGEX_TOO_LARGE) {
		err.at = at;
		err.len = part.size();
	}
	return err;
}

} // namespace

struct regex *regex_new(const char *pattern, size_t n, struct regex_error *err)
{
	if (n > REGEX_MAX_PATTERN) {
		*err = {REGEX_TOO_LARGE, 0, n};
		return nullptr;
	}
	struct regex *made = nullptr;
	try {
		made = new regex(re2::StringPiece(pattern, n), options_of());
		if (made->re.ok())
			return made;
		*err = error_of(made->re, n);
	} catch (...) {
		*err = {REGEX_NOMEM, 0, 0};
	}
	delete made;
	return nullptr;
}

void regex_free(struct regex *re)
{
	delete re;
}

uint32_t regex_size(const struct regex *re)
{
	return static_cast<uint32_t>(re->re.ProgramSize());
}

bool regex_search(const struct regex *re, const char *text, size_t n)
{
	try {
		return RE2::PartialMatch(re2::StringPiece(text, n), re->re);
	} catch (...) {
		return false;
	}
}
