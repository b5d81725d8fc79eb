#include "calendar/lunar.h"

#include <cmath>
#include <memory>
#include <unicode/calendar.h>
#include <unicode/locid.h>
#include <unicode/timezone.h>

namespace
{

/* ICU counts Chinese years from 2637 BC, the first having the number 1. */
constexpr int32_t years_before = 2637;
constexpr double ms_a_day = 86400000.0;

} // namespace

bool lunar_to_day(int year, int month, int day, int32_t *ret_day)
{
	/* A calendar made without a zone in its locale asks for the machine's before it takes another. */
	icu::Locale locale("zh@calendar=chinese;timezone=Etc/GMT");
	std::unique_ptr<icu::TimeZone> zone(icu::TimeZone::getGMT()->clone());
	UErrorCode code = U_ZERO_ERROR;
	if (zone == nullptr)
		return false;
	std::unique_ptr<icu::Calendar> cal(
		icu::Calendar::createInstance(zone.release(), locale, code));
	if (cal == nullptr || U_FAILURE(code))
		return false;
	cal->clear();
	cal->set(UCAL_EXTENDED_YEAR, year + years_before);
	cal->set(UCAL_MONTH, month - 1);
	cal->set(UCAL_IS_LEAP_MONTH, 0);
	cal->set(UCAL_DATE, day);
	double ms = cal->getTime(code);
	if (U_FAILURE(code))
		return false;
	*ret_day = static_cast<int32_t>(std::floor(ms / ms_a_day));
	return true;
}
