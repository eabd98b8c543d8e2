/*
 * group.h: the records that one record of a group is compared with, findable in O(1) however many they are.
 *
 * Members are added in canonical order, so the first that fits is the smallest. A group starts as a list and grows hash tables when it
 * passes CLR_GROUP_SMALL; answers are the same either way.
 *
 * Threads   one worker.
 */
#ifndef CLR_INGEST_GROUP_H
#define CLR_INGEST_GROUP_H

#include "ingest/dedup.h"

struct clr_group_slot { uint64_t key; uint32_t member; };     /* member = index + 1, 0 = free */

struct clr_group {
    struct clr_holder *member;  uint32_t count, capacity;
    uint32_t *live;  uint32_t live_count, live_capacity;       /* accepted or pending members: few, whatever the group's size */
    struct clr_group_slot *slot;  uint32_t slot_count, slots_used;
    bool indexed;
};

void clr_group_reset(struct clr_group *group);
void clr_group_free(struct clr_group *group);

CLR_MUST_USE enum clr_status clr_group_add(struct clr_group *group, const struct clr_holder *holder);

/** A member's verdict changed. */
void clr_group_set_reasons(struct clr_group *group, uint32_t member, uint64_t reasons);

/** Index of the first holder with the same identity and content / the same identity / the same card, counter and day, UINT32_MAX when none.
 *  Live gray twins of `txn`, listed in `twins`, are passed over (identity and day only). */
#define CLR_GROUP_NONE UINT32_MAX
uint32_t clr_group_same_content(const struct clr_group *group, const struct clr_txn *txn, uint8_t format);
uint32_t clr_group_same_identity(const struct clr_group *group, const struct clr_txn *txn, const uint32_t *twins, uint32_t twin_count);
uint32_t clr_group_same_day(const struct clr_group *group, const struct clr_txn *txn, const uint32_t *twins, uint32_t twin_count);

/** Was a record of this identity rejected before? */
bool clr_group_seen(const struct clr_group *group, const struct clr_txn *txn);

static inline bool clr_holder_holds(const struct clr_holder *holder)
{
    const enum clr_verdict verdict = clr_verdict_of(holder->reasons);
    return verdict != CLR_VERDICT_REJECTED && verdict != CLR_VERDICT_DUPLICATE;
}

#endif
