/*
 * crash.h: a signal that ends a process becomes an exit code and a sentence.
 *
 * LMDB believes its pages: on a damaged store it may read outside its map or stop at an assertion of its own, in any command. Such a
 * death cannot be told from a bug of ours by looking at it, so the message names both and says how to find out: `verify` survives damage.
 * Nothing is lost by ending there: the store changes at commits only, and outputs are renamed into place when they are whole.
 *
 * Exit      9 while a store is open or being opened, else 1.
 * Builds    with assertions (no NDEBUG) say the same and then die of the signal, for a debugger and a core; sanitizers keep their own.
 * Threads   the handler may run on any; the first one speaks.
 */
#ifndef CLEAR_CRASH_H
#define CLEAR_CRASH_H

#include "cli.h"

/** Catch SIGSEGV, SIGBUS, SIGILL, SIGFPE and SIGABRT, before anything is opened. */
void crash_guard(void);

/** From now on a crash may be the store's fault: its path, and with --json a result object, are made ready. */
void crash_guard_store(const struct cli *cli, const char *path);

/** Signals kill again: for a child whose parent looks at how it ended. */
void crash_guard_off(void);

#endif
