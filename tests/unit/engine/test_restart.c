/* What a start must not change: in what a date was counted, and when a unit is told. */
#include <stdlib.h>
#include <string.h>

#include "world.h"

#define PACKS TEST_DATA "/simulation"

static void give(struct world *w, enum command_kind kind, const char *unit, const char *params)
{
	struct command *c;
	cr_assert_eq(world_do(w, kind, unit, params, &c), ANJU_OK, "%s: %s", params, c->err.text);
	command_free(c);
}

static anju_status extend(struct world *w, const char *length)
{
	char params[200];
	snprintf(params, sizeof params,
		"{\"workflow\":\"household\",\"key\":\"610322-0001\",\"event\":\"deadline.extend\","
		"\"data\":{\"deadline\":\"answer\",\"length\":\"%s\"},\"reason\":\"r\"}",
		length);
	return world_do(w, COMMAND_SEND, "610322.poverty", params, NULL);
}

/* "answer" is counted in hours, twelve from signing. */
static void sign_at(struct world *w, const char *at)
{
	world_open_packs(w, PACKS, at);
	give(w, COMMAND_OPEN, "610322.poverty",
		"{\"workflow\":\"household\",\"key\":\"610322-0001\",\"data\":{\"persons\":3,"
		"\"area_m2\":\"25.00\",\"town\":\"610322101.town\"}}");
	give(w, COMMAND_SEND, "610322.land",
		"{\"workflow\":\"household\",\"key\":\"610322-0001\",\"event\":\"sign\",\"docs\":"
		"[{\"kind\":\"agreement\"}]}");
}

ANJU_TEST(restart, a_date_counted_in_hours_stays_so_when_it_ends_at_midnight)
{
	struct world w;
	sign_at(&w, "2017-08-16T12:00+08:00");
	world_close(&w);
	world_reopen(&w, NULL);
	/* one counted in days cannot be extended by hours */
	assert_status(extend(&w, "6h"), ANJU_OK);
	world_verify(&w);
	world_done(&w);
}

ANJU_TEST(restart, one_counted_in_days_stays_so)
{
	struct world w;
	sign_at(&w, "2017-08-16T12:00+08:00");
	world_close(&w);
	world_reopen(&w, NULL);
	assert_status(
		world_do(&w, COMMAND_SEND, "610322.land",
			"{\"workflow\":\"household\",\"key\":\"610322-0001\",\"event\":\"deadline."
			"extend\","
			"\"data\":{\"deadline\":\"built\",\"length\":\"6h\"},\"reason\":\"r\"}",
			NULL),
		ANJU_E_REFUSED);
	world_done(&w);
}
