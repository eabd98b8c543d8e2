/*
 * output.h: what a settlement writes: six files, one set, always the same bytes.
 *
 *   positions.csv  members, then participants, as `positions` shows them      matrix.csv     who owed whom, participants, by kind
 *   bilateral.csv  what is left between each two members                      transfers.csv  what is paid, by whom, on which day
 *   journal.csv    double entry                                               manifest.json  inputs, rules, windows, control totals, digests
 *
 * CSV       UTF-8, LF, a header row; fen as integers; a text that a spreadsheet would run (= + - @, tab, return) gets a ' in front.
 * Promise   the bytes follow from the settlement alone: no clock, no path, no thread.
 * Set       written beside, each file and the folder synced, then renamed into place as one folder; on a failure the set that was there stays.
 * Threads   the command's thread.
 */
#ifndef CLR_SETTLE_OUTPUT_H
#define CLR_SETTLE_OUTPUT_H

#include "settle/books.h"

struct clr_output_file {
    const char *name;
    char *data;
    size_t size;
    uint8_t digest[CLR_DIGEST_SIZE];     /* SHA-256 of the bytes */
};

struct clr_output_set {
    char path[480];                      /* <directory>/<YYYY-MM-DD>, with -<product> when only one was settled */
    struct clr_output_file file[CLR_SETTLE_OUTPUTS];
};

/** Name of the n-th file of a set, as their digests stand in a settlement: "positions.csv". */
const char *clr_output_name(unsigned number);

/** Render all six; free with clr_output_set_free(), also after a failure. */
CLR_MUST_USE enum clr_status clr_output_set_make(struct clr_store *store, struct clr_tx *tx, const struct clr_settlement *settlement, const struct clr_books *books,
                                                 const char *directory, struct clr_output_set *out, struct clr_fault *fault);
void clr_output_set_free(struct clr_output_set *set);

/** manifest.json; digests and sizes of the other five are in `set`. malloc'ed text in `*data`. */
CLR_MUST_USE enum clr_status clr_manifest_render(struct clr_store *store, struct clr_tx *tx, const struct clr_settlement *settlement, const struct clr_books *books,
                                                 const struct clr_output_set *set, char **data, size_t *size, struct clr_fault *fault);

/** Make the directory that sets go into, and see that a set can be written there. Before anything is closed. */
CLR_MUST_USE enum clr_status clr_output_directory(const char *directory, struct clr_fault *fault);

/** Put the set in place; one that is there with these very bytes is left alone. @return CLR_OK | CLR_FULL | CLR_USAGE (no right) */
CLR_MUST_USE enum clr_status clr_output_set_write(const struct clr_output_set *set, struct clr_fault *fault);

#endif
