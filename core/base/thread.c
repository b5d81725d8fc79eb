#include "base/thread.h"

#include <pthread.h>
#include <stdio.h>

void thread_name(const char *name)
{
	char text[THREAD_NAME_CHARS + 1];
	snprintf(text, sizeof text, "%s", name);
	(void)pthread_setname_np(pthread_self(), text); /* it is a comfort, no more */
}
