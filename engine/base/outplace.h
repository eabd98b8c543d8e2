/*
 * outplace.h: may an output be put at this path? Outputs are written beside their place and renamed into it, and a rename replaces
 * whatever has the name: a device, a link, or the store itself. Whoever takes a path from a person asks here first.
 *
 * Errors    CLR_USAGE, said in both languages.
 * Threads   pure, but for the file system.
 */
#ifndef CLR_BASE_OUTPLACE_H
#define CLR_BASE_OUTPLACE_H

#include "base/status.h"

/** A file: a regular one or nothing may stand there, and not in the folder of a store or of its archive. */
CLR_MUST_USE enum clr_status clr_outplace_file(const char *path, struct clr_fault *fault);

/** A folder, for a copy of a store: not that of a store, and not directly in one. It need not be there. */
CLR_MUST_USE enum clr_status clr_outplace_folder(const char *path, struct clr_fault *fault);

#endif
