/*
 * env_file.h: is data.mdb a file that LMDB may be let loose on?
 *
 * LMDB believes its meta pages: a page size of 0 is divided by, a root page behind the end of the file is a SIGBUS, and an empty file is a new,
 * empty store. Whether the pages themselves are sound is for `verify`; here only what would end the process while opening, in one read of two pages.
 *
 * Errors    CLR_DAMAGED with fault. Threads: any; the store's lock is held, so nobody is writing.
 */
#ifndef CLR_STORE_ENV_FILE_H
#define CLR_STORE_ENV_FILE_H

#include "base/status.h"

CLR_MUST_USE enum clr_status clr_env_file_check(const char *store_path, struct clr_fault *fault);

#endif
