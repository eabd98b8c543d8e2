/*
 * files.h: what the store knows of every admitted file: table `file`, found again by digest and by (sender, file id).
 *
 * A file is in the table only when all its records are in (its last commit put it there); a refused one never is.
 * Threads   one thread; values are copies owned by struct clr_file.
 */
#ifndef CLR_STORE_FILES_H
#define CLR_STORE_FILES_H

#include "model/figures.h"
#include "model/rules.h"
#include "store/env.h"

struct clr_file {
    uint32_t admission;
    uint8_t received[CLR_DIGEST_SIZE];      /* root of the bytes as received */
    uint8_t content[CLR_DIGEST_SIZE];       /* root of the unpacked bytes: what `already-done` compares */
    char *name, *sender, *file_id;
    uint8_t format, product, archive;       /* archive: enum clr_archive_mode */
    uint8_t window_rule;                    /* enum clr_window_rule */
    int8_t counter_offset;
    bool units_yuan, encoding_gbk;
    int64_t stamp;                          /* CLR_TIME_NONE when it has none */
    clr_day window;                         /* earliest of its records' windows, CLR_DAY_NONE when none */
    uint32_t rules_version;
    uint64_t size;                          /* unpacked bytes */
    uint64_t command;                       /* first admission number of the command that brought it */
    uint8_t keys[CLR_DIGEST_SIZE];          /* digest of the TAC keys it was admitted under (keys/keyset.h); zeros: none */
    struct clr_figures first, current;
};

CLR_MUST_USE enum clr_status clr_file_put(struct clr_tx *tx, const struct clr_file *file, struct clr_fault *fault);
CLR_MUST_USE enum clr_status clr_file_get(struct clr_tx *tx, uint32_t admission, struct clr_file *out, struct clr_fault *fault);   /* clr_file_free() it */
CLR_MUST_USE enum clr_status clr_file_delete(struct clr_tx *tx, const struct clr_file *file, struct clr_fault *fault);
CLR_MUST_USE enum clr_status clr_file_unpack(struct clr_bytes key, struct clr_bytes value, struct clr_file *out);                   /* for scans of the table */
void clr_file_free(struct clr_file *file);

/** Admission of the file with this content / this id. CLR_NOT_FOUND when there is none. */
CLR_MUST_USE enum clr_status clr_file_by_content(struct clr_tx *tx, const uint8_t content[CLR_DIGEST_SIZE], uint32_t *admission, struct clr_fault *fault);
CLR_MUST_USE enum clr_status clr_file_by_id(struct clr_tx *tx, const char *sender, const char *file_id, uint32_t *admission, struct clr_fault *fault);

/** Highest admission number in the table, 0 when empty. */
CLR_MUST_USE enum clr_status clr_file_last(struct clr_tx *tx, uint32_t *admission, struct clr_fault *fault);

#endif
