/*
 * naming.h: the file that a person means: "r7", "7", its name, its file id, or the beginning of its digest.
 *
 * Threads   the caller's transaction.
 */
#ifndef CLR_QUERY_NAMING_H
#define CLR_QUERY_NAMING_H

#include "model/txn.h"
#include "store/files.h"

/**
 * @param text  an admission number with or without "r", the name as stored, a path whose base name (without .gz, .zst) is the name, a file id,
 *              or 8 or more hex digits that the digest of the received or the unpacked bytes begins with; tried in this order, the first that fits any file.
 * @return CLR_OK (clr_file_free it) | CLR_NOT_FOUND with a fault: no such file, or several (then it lists them)
 */
CLR_MUST_USE enum clr_status clr_file_named(struct clr_tx *tx, struct clr_bytes text, struct clr_file *out, struct clr_fault *fault);

#endif
