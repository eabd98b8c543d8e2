#include "ingest/group.h"

#include <stdlib.h>
#include <xxhash.h>

void clr_group_reset(struct clr_group *group)
{
    group->count = group->live_count = 0;
    if (group->indexed) memset(group->slot, 0, group->slot_count * sizeof *group->slot);
    group->slots_used = 0;
    group->indexed = false;
}

void clr_group_free(struct clr_group *group)
{
    free(group->member);
    free(group->live);
    free(group->slot);
    memset(group, 0, sizeof *group);
}

/* ---- keys of the tables; a key only nominates, members are compared in full ----
 *
 * exact     format, identity, content with parties: the same record sent again in its own format
 * any       format, identity, content without parties; and the same with each party known or unknown: what a record of another format
 *           may match, where an unknown party matches every party
 * identity, day, seen: what their names say
 *
 * Under one key only the first SAME_KEY_MAX holders are kept: the smallest one is what is asked for, and it is passed over only for
 * live twins or superseded gray records, of which a group has few. So a million equal keys cost no more than a million others.
 */

enum { KEY_EXACT, KEY_ANY, KEY_IDENTITY, KEY_DAY, KEY_SEEN, KEYS_PER_MEMBER };
#define SAME_KEY_MAX 64

static uint64_t identity_hash(const struct clr_txn *txn, uint64_t salt)
{
    const uint64_t parts[4] = { txn->sam, txn->sam_serial, (uint64_t)(uint32_t)txn->trade_day, txn->flags & CLR_FLAG_OPEN };
    return XXH3_64bits_withSeed(parts, sizeof parts, salt);
}

static uint64_t day_hash(const struct clr_txn *txn)
{
    const uint64_t parts[2] = { (uint64_t)(uint32_t)txn->trade_day, txn->counter };
    return XXH3_64bits_withSeed(parts, sizeof parts, KEY_DAY);
}

static uint64_t content_hash(const struct clr_txn *txn, uint8_t format, uint64_t issuer, uint64_t acquirer, uint64_t salt)
{
    const uint64_t parts[8] = { identity_hash(txn, KEY_IDENTITY), (uint64_t)txn->amount_fen, (uint64_t)txn->traded_at_s,
                                (uint64_t)txn->type << 8 | txn->service, txn->balance_fen, txn->tac, issuer, acquirer };
    return XXH3_64bits_withSeed(parts, sizeof parts, salt << 8 | format);
}

static uint64_t exact_hash(const struct clr_txn *txn, uint8_t format)
{
    return content_hash(txn, format, txn->issuer, (uint64_t)txn->acquirer << 16 | txn->flags, KEY_EXACT);
}

#define PARTY_ANY UINT64_MAX
#define PARTY_UNKNOWN (UINT64_MAX - 1)
static uint64_t known_or_not(clr_party party) { return clr_party_is_known(party) ? party : PARTY_UNKNOWN; }

static void put_slot(struct clr_group *group, uint64_t key, uint32_t member)
{
    const uint32_t mask = group->slot_count - 1;
    uint32_t slot = (uint32_t)(key >> 7) & mask, same = 0;
    for (; group->slot[slot].member != 0; slot = (slot + 1) & mask)
        if (group->slot[slot].key == key && ++same == SAME_KEY_MAX) return;
    group->slot[slot] = (struct clr_group_slot){ key, member + 1 };
    group->slots_used++;
}

static void index_member(struct clr_group *group, uint32_t member)
{
    const struct clr_holder *const holder = &group->member[member];
    const struct clr_txn *const txn = holder->txn;
    if (!clr_holder_holds(holder)) {
        put_slot(group, identity_hash(txn, KEY_SEEN), member);
        return;
    }
    put_slot(group, exact_hash(txn, holder->format), member);
    put_slot(group, content_hash(txn, holder->format, PARTY_ANY, PARTY_ANY, KEY_ANY), member);
    put_slot(group, content_hash(txn, holder->format, known_or_not(txn->issuer), known_or_not(txn->acquirer), KEY_ANY), member);
    put_slot(group, identity_hash(txn, KEY_IDENTITY), member);
    put_slot(group, day_hash(txn), member);
}

static enum clr_status grow_index(struct clr_group *group)
{
    uint32_t wanted = 256;
    while (wanted < group->capacity * KEYS_PER_MEMBER * 2) wanted *= 2;
    if (group->slot_count < wanted) {
        free(group->slot);
        group->slot = malloc(wanted * sizeof *group->slot);
        if (group->slot == NULL) {
            group->slot_count = 0;
            return CLR_FULL;
        }
        group->slot_count = wanted;
    }
    memset(group->slot, 0, group->slot_count * sizeof *group->slot);
    group->slots_used = 0;
    group->indexed = true;
    for (uint32_t member = 0; member < group->count; member++) index_member(group, member);
    return CLR_OK;
}

static bool is_live(uint64_t reasons)
{
    const enum clr_verdict verdict = clr_verdict_of(reasons);
    return verdict == CLR_VERDICT_ACCEPTED || verdict == CLR_VERDICT_PENDING;
}

static enum clr_status add_live(struct clr_group *group, uint32_t member)
{
    if (group->live_count == group->live_capacity) {
        const uint32_t capacity = group->live_capacity * 2 + 16;
        uint32_t *const grown = realloc(group->live, capacity * sizeof *grown);
        if (grown == NULL) return CLR_FULL;
        group->live = grown;
        group->live_capacity = capacity;
    }
    group->live[group->live_count++] = member;
    return CLR_OK;
}

enum clr_status clr_group_add(struct clr_group *group, const struct clr_holder *holder)
{
    bool grown_now = false;
    if (group->count == group->capacity) {
        const uint32_t capacity = group->capacity * 2 + 64;
        struct clr_holder *const grown = realloc(group->member, capacity * sizeof *grown);
        if (grown == NULL) return CLR_FULL;
        group->member = grown;
        group->capacity = capacity;
        grown_now = true;
    }
    group->member[group->count++] = *holder;
    if (is_live(holder->reasons)) CLR_TRY(add_live(group, group->count - 1));
    if (group->count <= CLR_GROUP_SMALL) return CLR_OK;
    if (!group->indexed || grown_now || (group->slots_used + KEYS_PER_MEMBER) * 2 > group->slot_count) return grow_index(group);
    index_member(group, group->count - 1);
    return CLR_OK;
}

void clr_group_set_reasons(struct clr_group *group, uint32_t member, uint64_t reasons)
{
    group->member[member].reasons = reasons;
    if (is_live(reasons)) return;
    if (group->indexed) put_slot(group, identity_hash(group->member[member].txn, KEY_SEEN), member);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < group->live_count; i++)
        if (group->live[i] != member) group->live[kept++] = group->live[i];
    group->live_count = kept;
}

/* ---- finding ---- */

static bool listed(const uint32_t *list, uint32_t count, uint32_t member)
{
    for (uint32_t i = 0; i < count; i++)
        if (list[i] == member) return true;
    return false;
}

static bool fits_content(const struct clr_group *group, uint32_t member, const struct clr_txn *txn, uint8_t format)
{
    const struct clr_holder *const holder = &group->member[member];
    return clr_holder_holds(holder) && clr_same_identity(holder->txn, txn) && clr_same_content(holder->txn, holder->format, txn, format);
}

/** Smallest fitting member under one key, or `best`. */
static uint32_t smaller_under(const struct clr_group *group, uint64_t key, const struct clr_txn *txn, uint8_t format, uint32_t best)
{
    const uint32_t mask = group->slot_count - 1;
    for (uint32_t slot = (uint32_t)(key >> 7) & mask; group->slot[slot].member != 0; slot = (slot + 1) & mask) {
        const uint32_t member = group->slot[slot].member - 1;
        if (group->slot[slot].key == key && member < best && fits_content(group, member, txn, format)) best = member;
    }
    return best;
}

/** Smallest member of another format with this content: parties equal, or unknown on either side. */
static uint32_t smaller_of_format(const struct clr_group *group, const struct clr_txn *txn, uint8_t format, uint8_t other, uint32_t best)
{
    const uint64_t issuer[2] = { known_or_not(txn->issuer), PARTY_UNKNOWN }, acquirer[2] = { known_or_not(txn->acquirer), PARTY_UNKNOWN };
    best = smaller_under(group, content_hash(txn, other, PARTY_ANY, PARTY_ANY, KEY_ANY), txn, format, best);
    for (unsigned i = 0; i < 2; i++)
        for (unsigned a = 0; a < 2; a++) best = smaller_under(group, content_hash(txn, other, issuer[i], acquirer[a], KEY_ANY), txn, format, best);
    return best;
}

uint32_t clr_group_same_content(const struct clr_group *group, const struct clr_txn *txn, uint8_t format)
{
    if (!group->indexed) {
        for (uint32_t member = 0; member < group->count; member++)
            if (fits_content(group, member, txn, format)) return member;
        return CLR_GROUP_NONE;
    }
    uint32_t best = smaller_under(group, exact_hash(txn, format), txn, format, CLR_GROUP_NONE);
    for (uint8_t other = 0; other < CLR_FORMAT_COUNT; other++)
        if (other != format) best = smaller_of_format(group, txn, format, other, best);
    return best;
}

typedef bool same_as(const struct clr_txn *a, const struct clr_txn *b);

static uint32_t first_like(const struct clr_group *group, const struct clr_txn *txn, uint64_t key, same_as *same, const uint32_t *twins, uint32_t twin_count)
{
    if (!group->indexed) {
        for (uint32_t member = 0; member < group->count; member++)
            if (clr_holder_holds(&group->member[member]) && same(group->member[member].txn, txn) && !listed(twins, twin_count, member)) return member;
        return CLR_GROUP_NONE;
    }
    const uint32_t mask = group->slot_count - 1;
    for (uint32_t slot = (uint32_t)(key >> 7) & mask; group->slot[slot].member != 0; slot = (slot + 1) & mask) {
        const uint32_t member = group->slot[slot].member - 1;
        if (group->slot[slot].key != key || !clr_holder_holds(&group->member[member])) continue;
        if (same(group->member[member].txn, txn) && !listed(twins, twin_count, member)) return member;
    }
    return CLR_GROUP_NONE;
}

uint32_t clr_group_same_identity(const struct clr_group *group, const struct clr_txn *txn, const uint32_t *twins, uint32_t twin_count)
{
    return first_like(group, txn, identity_hash(txn, KEY_IDENTITY), clr_same_identity, twins, twin_count);
}

uint32_t clr_group_same_day(const struct clr_group *group, const struct clr_txn *txn, const uint32_t *twins, uint32_t twin_count)
{
    if (txn->flags & CLR_FLAG_OPEN) return CLR_GROUP_NONE;
    return first_like(group, txn, day_hash(txn), clr_same_key, twins, twin_count);
}

bool clr_group_seen(const struct clr_group *group, const struct clr_txn *txn)
{
    if (!group->indexed) {
        for (uint32_t member = 0; member < group->count; member++)
            if (!clr_holder_holds(&group->member[member]) && clr_same_identity(group->member[member].txn, txn)) return true;
        return false;
    }
    const uint64_t key = identity_hash(txn, KEY_SEEN);
    const uint32_t mask = group->slot_count - 1;
    for (uint32_t slot = (uint32_t)(key >> 7) & mask; group->slot[slot].member != 0; slot = (slot + 1) & mask) {
        const uint32_t member = group->slot[slot].member - 1;
        if (group->slot[slot].key == key && !clr_holder_holds(&group->member[member]) && clr_same_identity(group->member[member].txn, txn)) return true;
    }
    return false;
}
