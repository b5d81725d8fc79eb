#include "expr/zone.h"

#include <cstring>
#include <memory>
#include <unicode/timezone.h>

namespace
{

constexpr size_t name_max = 47; /* the longest has 32 */

/* ICU also knows Java's names of three letters ("CST", "IST"), which mean one place here and another
 * there, and makes zones of "GMT+7"; the IANA list has neither. */
bool java_name(const char *name, size_t len)
{
	static const char names[] = "ACT AET AGT ART AST BET BST CAT CNT CST CTT EAT ECT IET IST "
				    "JST MIT NET NST PLT PNT PRT PST SST VST";
	for (const char *p = names; len == 3 && *p != '\0'; p += p[3] == ' ' ? 4 : 3) {
		if (memcmp(p, name, 3) == 0)
			return true;
	}
	return false;
}

bool plain(const char *name, size_t len)
{
	if (len == 0 || len > name_max)
		return false;
	for (size_t i = 0; i < len; i++) {
		char c = name[i];
		bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
		if (!letter && (c < '0' || c > '9') && (c == '\0' || strchr("/_-+", c) == nullptr))
			return false;
	}
	return true;
}

/* The name as ICU takes it; false if it is not in the list. */
bool listed(const char *name, size_t len, icu::UnicodeString &ret)
{
	if (!plain(name, len) || java_name(name, len) ||
		(len == 11 && memcmp(name, "Etc/Unknown", len) == 0))
		return false;
	ret = icu::UnicodeString(name, static_cast<int32_t>(len), US_INV);
	icu::UnicodeString canonical;
	UErrorCode code = U_ZERO_ERROR;
	UBool in_list = false;
	icu::TimeZone::getCanonicalID(ret, canonical, in_list, code);
	return U_SUCCESS(code) && in_list;
}

} // namespace

bool zone_known(const char *name, size_t len)
{
	icu::UnicodeString id;
	return listed(name, len, id);
}

int zone_offset(const char *name, size_t len, int64_t seconds, int32_t *ret)
{
	icu::UnicodeString id;
	if (!listed(name, len, id))
		return 0;
	std::unique_ptr<icu::TimeZone> zone(icu::TimeZone::createTimeZone(id));
	int32_t standard, saving;
	UErrorCode code = U_ZERO_ERROR;
	if (zone == nullptr)
		return -1;
	zone->getOffset(static_cast<double>(seconds) * 1000, false, standard, saving, code);
	if (U_FAILURE(code))
		return -1;
	*ret = (standard + saving) / 1000;
	return 1;
}
