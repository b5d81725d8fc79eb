#include "plugin/record.h"

#include "base/log.h"

static void host_log(const anju_host *host, int level, const char *event, const char *text)
{
	/* the table is the first member of its plugin's record */
	const struct plugin *p = (const struct plugin *)host;
	enum log_level at = LOG_INFO_;
	if (level <= 0)
		at = LOG_DEBUG_;
	else if (level == 2)
		at = LOG_WARN_;
	else if (level >= 3)
		at = LOG_ERROR_;
	log_line(at, "plugin", "said", "plugin=%s what=%s text=%s", p->name,
		log_quote(event != NULL ? event : ""), log_quote(text != NULL ? text : ""));
}

void plugin_host_init(anju_host *host)
{
	*host = (anju_host){.abi = ANJU_PLUGIN_ABI, .size = sizeof *host, .log = host_log};
}
