/*
 * admission.h: which files a command takes in, in which order, under which numbers; and what becomes of a command that was cut off.
 *
 * An admission is committed before the first record: the files sorted by (stamp, sender, file id, content digest), each with the next
 * number. The same command started again finds it and goes on; any other writing command drops its unfinished files first, whose
 * numbers then go to the next files.
 *
 *   table adm, key 'o': first number u32, rules version u32, count u32, { number u32, content digest 32, stamp i64, sender text },
 *                  digest of the TAC keys 32
 *
 * Standard  clearing-rules.md 1.
 * Threads   the command's thread.
 */
#ifndef CLR_INGEST_ADMISSION_H
#define CLR_INGEST_ADMISSION_H

#include "ingest/job.h"
#include "store/store.h"

/** The jobs of a command, in order of admission, and what they share. */
struct clr_plan {
    struct clr_job *jobs;                 /* by argument */
    size_t job_count;
    struct clr_job **order;               /* the new ones, sorted: order of admission */
    uint32_t order_count;
    const struct clr_rules *rules;        /* version the command admits under */
    struct clr_closed_windows closed[CLR_PRODUCT_COUNT];
    uint8_t keys[CLR_KEYS_DIGEST_SIZE];   /* digest of the TAC keys of the command */
    uint32_t first_admission;
    enum clr_archive_mode archive;
    bool resumed;
};

/** Scan, recognise, sort, refuse what cannot be admitted, commit the admission (or find the one that was cut off). */
CLR_MUST_USE enum clr_status clr_plan_make(struct clr_store *store, const struct clr_codec_list *codecs, const struct clr_ingest_options *options,
                                           const char *const *paths, size_t path_count, struct clr_plan *out, struct clr_fault *fault);
void clr_plan_free(struct clr_plan *plan);

/** The record of an admission under way. */
struct clr_admitted {
    uint32_t number;
    uint8_t content[CLR_DIGEST_SIZE];
    int64_t stamp;
    char *sender;
};
struct clr_admission {
    uint32_t first, rules_version, count;
    uint8_t keys[CLR_KEYS_DIGEST_SIZE];
    struct clr_admitted *file;
};
/** CLR_NOT_FOUND when no admission is under way. */
CLR_MUST_USE enum clr_status clr_admission_read(struct clr_tx *tx, struct clr_admission *out, struct clr_fault *fault);
CLR_MUST_USE enum clr_status clr_admission_write(struct clr_tx *tx, const struct clr_plan *plan, struct clr_fault *fault);
void clr_admission_free(struct clr_admission *admission);

/** Every file of the admission is in or refused: forget it. */
CLR_MUST_USE enum clr_status clr_admission_done(struct clr_tx *tx, struct clr_fault *fault);

/** Drop the unfinished files of an admission that was cut off: what every writing command but its own resumption does first. */
CLR_MUST_USE enum clr_status clr_admission_drop(struct clr_store *store, struct clr_fault *fault);

/** Number of files of an admission that was cut off. */
CLR_MUST_USE enum clr_status clr_admission_unfinished(struct clr_store *store, uint64_t *out, struct clr_fault *fault);

/** Remove what a killed command left half written: building runs, verdict maps and moves of files that are not in. */
CLR_MUST_USE enum clr_status clr_admission_sweep(struct clr_store *store, struct clr_fault *fault);

/**
 * Remove archives that a killed command was writing, or had written for a file that never came in. While an admission is under way all whole
 * ones stay: it names its files by another root, and the command that resumes it needs them.
 */
CLR_MUST_USE enum clr_status clr_admission_sweep_archives(struct clr_store *store, struct clr_fault *fault);

/** Remove runs that are not ready only: of a file refused at its end, or merged into another. */
CLR_MUST_USE enum clr_status clr_admission_sweep_runs(struct clr_store *store, struct clr_fault *fault);

/** Remove the verdict map, offsets and moves of a file that is not in. */
CLR_MUST_USE enum clr_status clr_admission_wipe_file(struct clr_store *store, uint32_t admission, struct clr_fault *fault);

#endif
