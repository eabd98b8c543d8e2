/*
 * merge_pack.h: segments of a merged run out of segments of the old ones, without making records of their rows.
 *
 * A column's bits are moved from one row to another with its base exchanged; neighbouring columns whose base and width stay the same are
 * moved together. Only the ordinals change by a table each: of the card, of the reason word, of the file. Widths come from what the sources'
 * columns can hold, not from a walk over the values: a merged segment is as narrow as the widest of its sources allows.
 *
 * Threads   one worker and its own packer; the stored bytes of the sources are borrowed until clr_merge_pack_reset.
 */
#ifndef CLR_STORE_MERGE_PACK_H
#define CLR_STORE_MERGE_PACK_H

#include "store/runs.h"
#include "store/segment.h"

/** A row of an opened source segment. */
struct clr_merge_row { uint64_t key_hash; uint32_t segment, row; };

/** A segment that rows are taken from. */
struct clr_merge_segment {
    struct clr_segment segment;
    const uint32_t *file;                          /* ordinal of a file there → in the new run */
    uint32_t file_count;
    uint32_t used_in;                              /* the part it was last used in */
    size_t ordinals;                               /* in packer->ordinal: of its cards, then of its reason words */
    uint64_t max[CLR_SEG_COLUMN_COUNT];            /* no value of a column is larger */
};

struct clr_merge_move;

struct clr_merge_packer {
    struct clr_merge_segment *segment;  uint32_t segment_count, segment_capacity;
    uint32_t *ordinal;                             /* 0: not met in this part, else 1 + ordinal + part·CLR_PART_ROWS */
    size_t ordinal_count, ordinal_capacity;
    uint32_t part;                                 /* number of the part being packed, from 1 on; used_in and ordinals are of it */
    uint32_t *used, used_count;                    /* segments that the part has rows of */
    struct clr_merge_move *move;                   /* by used segment and step */
    size_t move_capacity;
    struct clr_token *card;                        /* CLR_PART_ROWS */
    uint32_t *card_slot;                           /* 2 · CLR_PART_ROWS */
    uint64_t *word;                                /* CLR_PART_ROWS */
    uint32_t card_count, word_count;
};

CLR_MUST_USE enum clr_status clr_merge_packer_init(struct clr_merge_packer *packer);
void clr_merge_packer_free(struct clr_merge_packer *packer);

/** Forget all segments: another unit begins. */
void clr_merge_pack_reset(struct clr_merge_packer *packer);

/** Take a segment over, as number segment_count − 1. CLR_DAMAGED when a column cannot be what it should; CLR_FULL. */
CLR_MUST_USE enum clr_status clr_merge_pack_open(struct clr_merge_packer *packer, struct clr_bytes value, const uint32_t *file, uint32_t file_count);

/**
 * Pack rows, 1 to CLR_PART_ROWS, in their order.
 * @param[out] value    malloc'ed; a segment (store/segment.h).
 * @param[out] pending  rows whose first verdict is pending or conflict.
 * @return CLR_OK | CLR_FULL | CLR_DAMAGED (a row's card, word or file is none of its segment's)
 */
CLR_MUST_USE enum clr_status clr_merge_pack(struct clr_merge_packer *packer, const struct clr_merge_row *row, uint32_t count, uint8_t **value, size_t *size,
                                            uint32_t *pending);

#endif
