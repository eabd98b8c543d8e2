#include "settle/holders.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#define NONE UINT32_MAX

struct entry {
    clr_record_id record;
    uint32_t next, next_same;            /* of the identity, of its content */
};

/** A list through the entries, first in canonical order first. */
struct list { uint32_t head, tail; };

struct identity {
    char *id;
    struct list all;
    struct list foreign;                 /* moves of other formats: other contents are the same as theirs, so that they are compared one by one */
    bool rejected;                       /* one of its moves was rejected: it stays so */
};

struct content {
    uint64_t hash;
    uint32_t identity;
    struct list same;
};

/** Indexes + 1 by hash, at most half full. */
struct slots { uint32_t *slot; size_t count; };

struct clr_holders {
    uint64_t seed;
    struct entry *entry;        uint32_t entry_count, entry_capacity;
    struct identity *identity;  uint32_t identity_count, identity_capacity;
    struct content *content;    uint32_t content_count, content_capacity;
    struct slots by_id, by_content;
};

void clr_holders_free(struct clr_holders *holders)
{
    if (holders == NULL) return;
    for (uint32_t i = 0; i < holders->identity_count; i++) free(holders->identity[i].id);
    free(holders->entry);
    free(holders->identity);
    free(holders->content);
    free(holders->by_id.slot);
    free(holders->by_content.slot);
    free(holders);
}

/* ---- arrays and hashes ---- */

/** Room for one more of an array of `size`-byte elements. */
static enum clr_status reserve(void **array, uint32_t count, uint32_t *capacity, size_t size)
{
    if (count < *capacity) return CLR_OK;
    if (count >= NONE / 2) return CLR_FULL;
    void *const grown = realloc(*array, ((size_t)count * 2 + 64) * size);
    if (grown == NULL) return CLR_FULL;
    *array = grown;
    *capacity = count * 2 + 64;
    return CLR_OK;
}

static uint64_t hash_id(const struct clr_holders *holders, const char *id) { return XXH3_64bits_withSeed(id, strlen(id), holders->seed); }

/** What clr_move_same_content() compares within a format: equal contents have equal hashes; the hash only nominates. */
static uint64_t hash_content(const struct clr_holders *holders, const struct clr_move *move)
{
    const struct clr_txn *const txn = &move->txn;
    const int64_t numbers[] = { txn->product, txn->kind, txn->service, move->negative, txn->amount_fen, txn->traded_at_s,
                                txn->flags & CLR_FLAG_HAS_PRICE, txn->price_fen };
    uint64_t hash = XXH3_64bits_withSeed(numbers, sizeof numbers, holders->seed);
    hash = XXH3_64bits_withSeed(txn->card.byte, sizeof txn->card.byte, hash);
    hash = XXH3_64bits_withSeed(move->orig_id, strlen(move->orig_id), hash);
    hash = XXH3_64bits_withSeed(move->issuer_code, strlen(move->issuer_code), hash);
    hash = XXH3_64bits_withSeed(move->acquirer_code, strlen(move->acquirer_code), hash);
    if (!clr_move_is_plain(move)) {
        const uint64_t more[] = { txn->flags, txn->tac, txn->counter, txn->balance_fen, txn->sam, txn->sam_serial, move->result };
        hash = XXH3_64bits_withSeed(more, sizeof more, hash);
        hash = XXH3_64bits_withSeed(move->charges, strlen(move->charges), hash);
    }
    return txn->kind == CLR_KIND_DECIDE ? XXH3_64bits_withSeed(move->reason, strlen(move->reason), hash) : hash;
}

static uint32_t *identity_slot(const struct clr_holders *holders, const char *id)
{
    size_t at = (size_t)hash_id(holders, id) & (holders->by_id.count - 1);
    while (holders->by_id.slot[at] != 0 && strcmp(holders->identity[holders->by_id.slot[at] - 1].id, id) != 0)
        at = (at + 1) & (holders->by_id.count - 1);
    return &holders->by_id.slot[at];
}

static uint32_t *content_slot(const struct clr_holders *holders, uint32_t identity, uint64_t hash)
{
    size_t at = (size_t)(hash ^ identity * UINT64_C(0x9e3779b97f4a7c15)) & (holders->by_content.count - 1);
    while (holders->by_content.slot[at] != 0) {
        const struct content *const content = &holders->content[holders->by_content.slot[at] - 1];
        if (content->hash == hash && content->identity == identity) break;
        at = (at + 1) & (holders->by_content.count - 1);
    }
    return &holders->by_content.slot[at];
}

static enum clr_status widen(struct slots *slots, uint32_t count)
{
    if ((size_t)count * 2 < slots->count) return CLR_OK;
    const size_t wider = slots->count == 0 ? 64 : slots->count * 2;
    uint32_t *const slot = calloc(wider, sizeof *slot);
    if (slot == NULL) return CLR_FULL;
    free(slots->slot);
    *slots = (struct slots){ slot, wider };
    return CLR_OK;
}

static struct identity *identity_of(const struct clr_holders *holders, const char *id)
{
    if (holders == NULL || holders->by_id.count == 0) return NULL;
    const uint32_t found = *identity_slot(holders, id);
    return found == 0 ? NULL : &holders->identity[found - 1];
}

/* ---- taking moves in ---- */

static void append(struct clr_holders *holders, struct list *list, uint32_t entry, bool same)
{
    if (list->head == NONE) list->head = entry;
    else if (same) holders->entry[list->tail].next_same = entry;
    else holders->entry[list->tail].next = entry;
    list->tail = entry;
}

static enum clr_status make_identity(struct clr_holders *holders, const char *id, struct identity **out)
{
    const size_t before = holders->by_id.count;
    CLR_TRY(reserve((void **)&holders->identity, holders->identity_count, &holders->identity_capacity, sizeof *holders->identity));
    CLR_TRY(widen(&holders->by_id, holders->identity_count + 1));
    if (holders->by_id.count != before)
        for (uint32_t i = 0; i < holders->identity_count; i++) *identity_slot(holders, holders->identity[i].id) = i + 1;
    char *const copy = strdup(id);
    if (copy == NULL) return CLR_FULL;
    *out = &holders->identity[holders->identity_count];
    **out = (struct identity){ .id = copy, .all = { NONE, NONE }, .foreign = { NONE, NONE } };
    *identity_slot(holders, id) = ++holders->identity_count;
    return CLR_OK;
}

static enum clr_status content_of(struct clr_holders *holders, uint32_t identity, uint64_t hash, struct content **out)
{
    const size_t before = holders->by_content.count;
    CLR_TRY(reserve((void **)&holders->content, holders->content_count, &holders->content_capacity, sizeof *holders->content));
    CLR_TRY(widen(&holders->by_content, holders->content_count + 1));
    if (holders->by_content.count != before)
        for (uint32_t i = 0; i < holders->content_count; i++)
            *content_slot(holders, holders->content[i].identity, holders->content[i].hash) = i + 1;
    uint32_t *const slot = content_slot(holders, identity, hash);
    if (*slot == 0) {
        holders->content[holders->content_count] = (struct content){ .hash = hash, .identity = identity, .same = { NONE, NONE } };
        *slot = ++holders->content_count;
    }
    *out = &holders->content[*slot - 1];
    return CLR_OK;
}

static enum clr_status add(struct clr_again *again, struct identity *identity, const struct clr_move *move)
{
    struct clr_holders *const holders = again->holders;
    const bool foreign = move->format != again->own->file->format;
    struct content *content = NULL;
    CLR_TRY(reserve((void **)&holders->entry, holders->entry_count, &holders->entry_capacity, sizeof *holders->entry));
    if (!foreign) CLR_TRY(content_of(holders, (uint32_t)(identity - holders->identity), hash_content(holders, move), &content));
    holders->entry[holders->entry_count] = (struct entry){ .record = move->record, .next = NONE, .next_same = NONE };
    append(holders, &identity->all, holders->entry_count, false);
    append(holders, foreign ? &identity->foreign : &content->same, holders->entry_count, true);
    holders->entry_count++;
    return CLR_OK;
}

static enum clr_status load_one(struct clr_again *again, struct identity *identity, const struct clr_move *like, clr_record_id record,
                                struct clr_fault *fault)
{
    struct clr_standing standing;
    struct clr_move move;
    CLR_TRY(clr_again_standing(again, record, &standing, fault));
    CLR_TRY(clr_move_get(again->tx, record, &move, fault));
    enum clr_status status = CLR_OK;
    if (clr_move_same_identity(&move, like)) {
        identity->rejected |= clr_verdict_of(standing.reasons) == CLR_VERDICT_REJECTED;
        status = add(again, identity, &move);
    }
    clr_move_free(&move);
    return status;
}

/** All moves of the identity that are stored. */
static enum clr_status load(struct clr_again *again, const uint8_t token[16], const struct clr_move *like, struct identity **out,
                            struct clr_fault *fault)
{
    clr_record_id *record;
    size_t count;
    if (again->holders == NULL) {
        again->holders = calloc(1, sizeof *again->holders);
        if (again->holders == NULL) return CLR_FULL;
        again->holders->seed = clr_tokenizer_seed(again->store->tokenizer);
    }
    CLR_TRY(make_identity(again->holders, like->id, out));
    CLR_TRY(clr_move_identity_list(again->tx, token, SIZE_MAX, &record, &count, fault));
    enum clr_status status = CLR_OK;
    for (size_t i = 0; i < count && status == CLR_OK; i++) status = load_one(again, *out, like, record[i], fault);
    free(record);
    return status;
}

/* ---- asking ---- */

/** Does the move count or wait now? A dead one is final. */
static enum clr_status ask(struct clr_again *again, struct identity *identity, uint32_t entry, bool *stands, struct clr_fault *fault)
{
    struct clr_standing standing;
    CLR_TRY(clr_again_standing(again, again->holders->entry[entry].record, &standing, fault));
    const enum clr_verdict verdict = clr_verdict_of(standing.reasons);
    identity->rejected |= verdict == CLR_VERDICT_REJECTED;
    *stands = verdict != CLR_VERDICT_REJECTED && verdict != CLR_VERDICT_DUPLICATE;
    return CLR_OK;
}

/** Drop the dead at the front of a list. */
static enum clr_status trim(struct clr_again *again, struct identity *identity, struct list *list, bool same, struct clr_fault *fault)
{
    while (list->head != NONE) {
        const struct entry *const entry = &again->holders->entry[list->head];
        bool stands;
        CLR_TRY(ask(again, identity, list->head, &stands, fault));
        if (stands) return CLR_OK;
        list->head = same ? entry->next_same : entry->next;
    }
    return CLR_OK;
}

/** The first of the list that stands and says the same; a hash that lies is passed over. */
static enum clr_status find_same(struct clr_again *again, struct identity *identity, const struct list *list, const struct clr_move *move,
                                 clr_record_id *out, struct clr_fault *fault)
{
    for (uint32_t at = list->head; at != NONE && *out == 0; at = again->holders->entry[at].next_same) {
        struct clr_move other;
        bool stands;
        CLR_TRY(ask(again, identity, at, &stands, fault));
        if (!stands) continue;
        CLR_TRY(clr_move_get(again->tx, again->holders->entry[at].record, &other, fault));
        if (clr_move_same_content(&other, move)) *out = other.record;
        clr_move_free(&other);
    }
    return CLR_OK;
}

enum clr_status clr_holders_find(struct clr_again *again, const uint8_t token[16], const struct clr_move *move, clr_record_id *same,
                                 clr_record_id *other, struct clr_fault *fault)
{
    struct identity *identity = identity_of(again->holders, move->id);
    *same = *other = 0;
    if (identity == NULL) CLR_TRY(load(again, token, move, &identity, fault));
    struct clr_holders *const holders = again->holders;
    if (holders->by_content.count > 0) {
        const uint32_t found = *content_slot(holders, (uint32_t)(identity - holders->identity), hash_content(holders, move));
        if (found != 0) {
            struct list *const list = &holders->content[found - 1].same;
            CLR_TRY(trim(again, identity, list, true, fault));
            CLR_TRY(find_same(again, identity, list, move, same, fault));
        }
    }
    clr_record_id foreign = 0;
    CLR_TRY(trim(again, identity, &identity->foreign, true, fault));
    CLR_TRY(find_same(again, identity, &identity->foreign, move, &foreign, fault));
    if (foreign != 0 && (*same == 0 || foreign < *same)) *same = foreign;
    if (*same != 0) return CLR_OK;
    CLR_TRY(trim(again, identity, &identity->all, false, fault));
    if (identity->all.head != NONE) *other = holders->entry[identity->all.head].record;
    return CLR_OK;
}

enum clr_status clr_holders_rejected(struct clr_again *again, const struct clr_move *move, bool *out, struct clr_fault *fault)
{
    struct identity *const identity = identity_of(again->holders, move->id);
    if (identity == NULL) return CLR_NOT_FOUND;
    for (uint32_t at = identity->all.head; at != NONE && !identity->rejected; at = again->holders->entry[at].next) {
        bool stands;
        CLR_TRY(ask(again, identity, at, &stands, fault));
    }
    *out = identity->rejected;
    return CLR_OK;
}

enum clr_status clr_holders_add(struct clr_again *again, const struct clr_move *move)
{
    struct identity *const identity = identity_of(again->holders, move->id);
    if (identity == NULL) return CLR_OK;
    identity->rejected |= clr_verdict_of(move->txn.reasons) == CLR_VERDICT_REJECTED;
    return add(again, identity, move);
}
