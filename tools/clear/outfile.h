/*
 * outfile.h: a file that appears whole or not at all: written beside its name, synced, renamed into place.
 *
 * Safety    the file beside is created with O_EXCL and O_NOFOLLOW, mode 0600; a failed or dry run removes it.
 * Errors    CLR_USAGE (no such directory, no right), CLR_FULL (disk full, write error).
 * Threads   one thread a file.
 */
#ifndef CLEAR_OUTFILE_H
#define CLEAR_OUTFILE_H

#include <stdbool.h>
#include <stdio.h>

#include "base/status.h"

struct outfile {
    FILE *out;
    char *path, *beside;         /* NULL: standard output, which is neither synced nor renamed */
};

/** `path` NULL or "-": standard output. */
CLR_MUST_USE enum clr_status outfile_open(struct outfile *file, const char *path, struct clr_fault *fault);

/** Flush, sync, rename. With `keep` false everything is written and checked, then removed (a dry run). */
CLR_MUST_USE enum clr_status outfile_commit(struct outfile *file, bool keep, struct clr_fault *fault);

/** Remove what was written; harmless after a commit. */
void outfile_abort(struct outfile *file);

/** The name beside `path` that a file or directory of this process is written to first; free(). */
char *outfile_beside(const char *path);

/** CLR_OK when nothing is at `path`, or an empty directory; else CLR_USAGE: what is there stays. */
CLR_MUST_USE enum clr_status outfile_room(const char *path, struct clr_fault *fault);

/** Remove a directory that this process made, with everything in it; links are removed, never followed. */
void outfile_remove_tree(const char *path);

#endif
