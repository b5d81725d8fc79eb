/** Names of threads, as top -H, perf and debuggers show them. */
#ifndef CORE_BASE_THREAD_H
#define CORE_BASE_THREAD_H

/** The most that the system keeps of a name, without its end. */
#define THREAD_NAME_CHARS 15

/**
 * Name the calling thread; one that it starts from then on is born with the same name. What is longer than
 * THREAD_NAME_CHARS is cut. The main thread's name is that of the process.
 */
void thread_name(const char *name);

#endif
