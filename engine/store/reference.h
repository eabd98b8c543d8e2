/*
 * reference.h: what an orig_id names: "r7-123", or sender/file/number. (The third form, "=" and an identity, is looked up in table mvid.)
 *
 * file      the file id, else the file's name if exactly one admitted file of that sender has it, else the digest of its bytes as
 *           received or unpacked: all of it or its first 8 or more hex digits, if they fit exactly one file.
 * Threads   plain data after load.
 * Standard  interface, "Formats", moves.
 */
#ifndef CLR_STORE_REFERENCE_H
#define CLR_STORE_REFERENCE_H

#include "model/txn.h"
#include "store/files.h"

struct clr_reference_file {
    uint32_t admission;
    char *sender, *file_id, *name;
    char received[2 * CLR_DIGEST_SIZE + 1], content[2 * CLR_DIGEST_SIZE + 1];
};

struct clr_references {
    struct clr_reference_file *file;
    size_t count, capacity;
    struct clr_reference_file **by_id, **by_name, **by_received, **by_content;      /* sorted by (sender, that) */
    uint32_t through;                    /* later admissions are not meant; 0: all are known */
    bool loaded;
};

/** All files of the store, and one that is not in yet (NULL none). free with clr_references_free() also after a failure. */
CLR_MUST_USE enum clr_status clr_references_load(struct clr_tx *tx, const struct clr_file *own, struct clr_references *out,
                                                 struct clr_fault *fault);
void clr_references_free(struct clr_references *references);

/** Does the text name an identity, "=" and the id of a move of the same product (settle/original.h), and no record or file? */
static inline bool clr_reference_is_identity(const char *text) { return text[0] == '='; }

/** Does the text need the files to be known (it is no record id)? */
bool clr_reference_needs_files(const char *text);

/** Record id that a text names, 0 when it names none; the record need not exist. `references` may be NULL for a record id. */
clr_record_id clr_reference_find(const struct clr_references *references, const char *text);

#endif
