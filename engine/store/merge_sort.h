/*
 * merge_sort.h: rows of a partition in the order in which they are stored: by key hash, then by record id.
 *
 * Key hashes are uniform, so one distribution by their first bits leaves little to do. Many rows of one key (repeats that conflict) are sorted
 * for themselves.
 *
 * Threads   one worker and its own sorter.
 */
#ifndef CLR_STORE_MERGE_SORT_H
#define CLR_STORE_MERGE_SORT_H

#include "store/merge_pack.h"

struct clr_merge_sorter {
    struct clr_merge_row *row;  size_t row_capacity;
    uint32_t *start;  size_t start_capacity;
};
void clr_merge_sorter_free(struct clr_merge_sorter *sorter);

/** @param packer  has the segments that the rows are of. @return CLR_OK | CLR_FULL */
CLR_MUST_USE enum clr_status clr_merge_sort(struct clr_merge_sorter *sorter, const struct clr_merge_packer *packer, struct clr_merge_row *row, uint32_t count);

#endif
