/*
 * source.h: an input file opened for reading: a regular file, whose size and times are remembered and compared.
 *
 * Reading   by pread; never mapped, never through a descriptor's position, so several threads may share one source.
 * Promise   a FIFO, device or directory never hangs the caller: it is refused. A file that changes is refused (changed).
 * Errors    errno is translated here: CLR_REFUSED (`*reason` unreadable or changed), CLR_FULL for our own limits (memory, descriptors).
 * Owner     `path` is borrowed for the life of the source.
 */
#ifndef CLR_INGEST_SOURCE_H
#define CLR_INGEST_SOURCE_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "model/terms.h"

struct clr_source {
    const char *path;
    int fd;                              /* -1 when closed */
    uint64_t size;
    int64_t mtime_ns;
    uint64_t device, inode;
};

CLR_MUST_USE enum clr_status clr_source_open(const char *path, struct clr_source *out, enum clr_file_reason *reason, struct clr_fault *fault);

/** Exactly `size` bytes from `offset`; the end of the file before that is CLR_REFUSED (changed). */
CLR_MUST_USE enum clr_status clr_source_read(const struct clr_source *source, uint64_t offset, uint8_t *buffer, size_t size,
                                             enum clr_file_reason *reason, struct clr_fault *fault);

/** Is it still the file that was opened, with the size and time it had then? Else CLR_REFUSED (changed). */
CLR_MUST_USE enum clr_status clr_source_check(const struct clr_source *source, enum clr_file_reason *reason, struct clr_fault *fault);

/** Say why a file is refused, in both languages (fixed texts, no formats). @return CLR_REFUSED */
enum clr_status clr_source_refuse(const char *path, enum clr_file_reason why, enum clr_file_reason *reason, struct clr_fault *fault,
                                  const char *en, const char *zh);

/** Refuse with `changed`: the same words wherever it is found out. @return CLR_REFUSED */
enum clr_status clr_source_changed(const char *path, enum clr_file_reason *reason, struct clr_fault *fault);

/** Closes; harmless on a closed one. */
void clr_source_close(struct clr_source *source);

#endif
