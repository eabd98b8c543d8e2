#include "ingest/dedup.h"

#include <stdlib.h>

#include "ingest/group.h"
#include "ingest/history.h"
#include "ingest/party_again.h"
#include "store/runindex.h"

struct clr_dedup {
    const struct clr_batch *batch;
    struct clr_history *history;
    struct clr_party_again again;
    struct clr_past_list past;           /* history of the group being judged */
    struct clr_group group;
    const struct clr_entry *entries;     /* of the partition */
    size_t entry_count;
    const struct clr_entry **member;     /* of the group, in canonical order */
    size_t member_count, member_capacity;
    uint8_t *done;                       /* entry already judged with a neighbouring day */
    uint8_t *known;                      /* history may have rows of the entry's key */
    size_t done_capacity;
    struct clr_supersede *event;
    size_t event_count, event_capacity;
};

enum clr_status clr_dedup_create(const struct clr_batch *batch, struct clr_tokenizer *tokenizer, struct clr_dedup **out)
{
    struct clr_dedup *const dedup = calloc(1, sizeof *dedup);
    *out = dedup;
    if (dedup == NULL) return CLR_FULL;
    dedup->batch = batch;
    dedup->again = (struct clr_party_again){ batch->rules, tokenizer, &batch->store->parties };
    return clr_history_create(batch->store, &dedup->history);
}

void clr_dedup_destroy(struct clr_dedup *dedup)
{
    if (dedup == NULL) return;
    clr_history_destroy(dedup->history);
    clr_group_free(&dedup->group);
    free(dedup->past.item);
    free(dedup->member);
    free(dedup->done);
    free(dedup->known);
    free(dedup->event);
    free(dedup);
}

struct clr_history *clr_dedup_history(struct clr_dedup *dedup) { return dedup->history; }

void clr_dedup_forget_events(struct clr_dedup *dedup) { dedup->event_count = 0; }

const struct clr_supersede *clr_dedup_events(const struct clr_dedup *dedup, size_t *count)
{
    *count = dedup->event_count;
    return dedup->event;
}

static const struct clr_product_rules *product_of(const struct clr_dedup *dedup, const struct clr_txn *txn) { return &dedup->batch->rules->product[txn->product]; }

static uint8_t format_of(const struct clr_dedup *dedup, const struct clr_txn *txn) { return (uint8_t)dedup->batch->job[txn->file]->codec->format; }

/* ---- gray twins ---- */

static bool could_be_twins(const struct clr_txn *a, const struct clr_txn *b)
{
    if (!((a->flags ^ b->flags) & CLR_FLAG_GRAY) || ((a->flags | b->flags) & CLR_FLAG_OPEN)) return false;
    return a->counter == b->counter && a->amount_fen == b->amount_fen && clr_token_equal(&a->card, &b->card);
}

/** Did the card tap between the two, by any record that stands before `txn` in canonical order? Then the later one is not "the next tap". */
static enum clr_status tapped_between(struct clr_dedup *dedup, const struct clr_entry *entry, const struct clr_txn *other, bool *out, struct clr_fault *fault)
{
    const int64_t a = entry->txn->traded_at_s, b = other->traded_at_s;
    const int64_t after = a < b ? a : b, before = a < b ? b : a;
    *out = false;
    for (size_t i = 0; i < dedup->entry_count && !*out; i++) {
        const struct clr_entry *const tap = &dedup->entries[i];
        if (clr_entry_position(tap) >= clr_entry_position(entry) || tap->txn->traded_at_s <= after || tap->txn->traded_at_s >= before) continue;
        *out = clr_token_equal(&tap->txn->card, &entry->txn->card);
    }
    if (*out) return CLR_OK;
    return clr_history_tapped(dedup->history, entry->txn, entry->txn->trade_day, after, before, out, fault);
}

static enum clr_status are_twins(struct clr_dedup *dedup, const struct clr_entry *entry, const struct clr_txn *other, bool *out, struct clr_fault *fault)
{
    bool tapped;
    *out = false;
    if (!could_be_twins(entry->txn, other)) return CLR_OK;
    const int64_t apart = llabs(entry->txn->traded_at_s - other->traded_at_s);
    if (apart <= product_of(dedup, entry->txn)->twin_s) {
        *out = true;
        return CLR_OK;
    }
    if (entry->txn->trade_day != other->trade_day) return CLR_OK;
    CLR_TRY(tapped_between(dedup, entry, other, &tapped, fault));
    *out = !tapped;
    return CLR_OK;
}

#define TWINS_MAX 16

struct twins {
    uint32_t member[TWINS_MAX], count;
    uint32_t accepted, pending;          /* first of each, CLR_GROUP_NONE */
};

static enum clr_status find_twins(struct clr_dedup *dedup, const struct clr_entry *entry, struct twins *out, struct clr_fault *fault)
{
    const struct clr_group *const group = &dedup->group;
    *out = (struct twins){ .accepted = CLR_GROUP_NONE, .pending = CLR_GROUP_NONE };
    for (uint32_t i = 0; i < group->live_count && out->count < TWINS_MAX; i++) {
        const uint32_t member = group->live[i];
        const struct clr_holder *const holder = &group->member[member];
        bool twins;
        CLR_TRY(are_twins(dedup, entry, holder->txn, &twins, fault));
        if (!twins) continue;
        out->member[out->count++] = member;
        uint32_t *const first = clr_verdict_of(holder->reasons) == CLR_VERDICT_ACCEPTED ? &out->accepted : &out->pending;
        if (*first == CLR_GROUP_NONE || member < *first) *first = member;
    }
    return CLR_OK;
}

static enum clr_status supersede(struct clr_dedup *dedup, uint32_t gray, clr_record_id normal)
{
    struct clr_holder *const holder = &dedup->group.member[gray];
    if (dedup->event_count == dedup->event_capacity) {
        const size_t capacity = dedup->event_capacity * 2 + 64;
        struct clr_supersede *const grown = realloc(dedup->event, capacity * sizeof *grown);
        if (grown == NULL) return CLR_FULL;
        dedup->event = grown;
        dedup->event_capacity = capacity;
    }
    const uint64_t to = holder->reasons | CLR_REASON_MASK(SUPERSEDED);
    dedup->event[dedup->event_count++] =
        (struct clr_supersede){ holder->id, normal, holder->reasons, to, holder->txn->kind, holder->txn->amount_fen };
    clr_group_set_reasons(&dedup->group, gray, to);
    return CLR_OK;
}

/* ---- one record against its group ---- */

static void mark_duplicate(struct clr_txn *txn, clr_record_id id, clr_record_id of)
{
    txn->reasons |= clr_record_id_admission(id) == clr_record_id_admission(of) ? CLR_REASON_MASK(DUPLICATE_IN_FILE) : CLR_REASON_MASK(DUPLICATE_IN_HISTORY);
    txn->link = of;
}

static void mark_conflict(struct clr_dedup *dedup, struct clr_txn *txn, const struct twins *twins)
{
    const struct clr_group *const group = &dedup->group;
    uint32_t found = clr_group_same_identity(group, txn, twins->member, twins->count);
    if (found != CLR_GROUP_NONE) {
        txn->reasons |= CLR_REASON_MASK(CONFLICT);
        txn->link = group->member[found].id;
        return;
    }
    found = clr_group_same_day(group, txn, twins->member, twins->count);
    if (found == CLR_GROUP_NONE) return;
    txn->reasons |= CLR_REASON_MASK(COUNTER_CONFLICT);
    txn->link = group->member[found].id;
}

static enum clr_status judge(struct clr_dedup *dedup, const struct clr_entry *entry, struct clr_fault *fault)
{
    struct clr_txn *const txn = entry->txn;
    struct clr_group *const group = &dedup->group;
    const clr_record_id id = clr_batch_record(dedup->batch, txn);
    const uint8_t format = format_of(dedup, txn);
    struct twins twins;

    const uint32_t same = clr_group_same_content(group, txn, format);
    if (same != CLR_GROUP_NONE) {
        mark_duplicate(txn, id, group->member[same].id);
        return CLR_OK;
    }
    CLR_TRY(find_twins(dedup, entry, &twins, fault));
    const bool gray = (txn->flags & CLR_FLAG_GRAY) != 0;
    if (twins.accepted != CLR_GROUP_NONE && !gray) {
        mark_duplicate(txn, id, group->member[twins.accepted].id);
        return CLR_OK;
    }
    if (twins.accepted != CLR_GROUP_NONE) {
        txn->reasons |= CLR_REASON_MASK(SUPERSEDED);
        txn->link = group->member[twins.accepted].id;
    } else {
        mark_conflict(dedup, txn, &twins);
    }
    const enum clr_verdict verdict = clr_verdict_of(txn->reasons);
    if (verdict != CLR_VERDICT_CONFLICT && clr_group_seen(group, txn)) txn->reasons |= CLR_NOTE_MASK_SEEN_BEFORE;
    if (verdict == CLR_VERDICT_ACCEPTED && twins.pending != CLR_GROUP_NONE) CLR_TRY(supersede(dedup, twins.pending, id));
    const struct clr_holder holder = { txn, id, txn->reasons, format };
    return clr_group_add(group, &holder);
}

/* ---- groups ---- */

static enum clr_status add_member(struct clr_dedup *dedup, const struct clr_entry *entry)
{
    if (dedup->member_count == dedup->member_capacity) {
        const size_t capacity = dedup->member_capacity * 2 + 64;
        const struct clr_entry **const grown = realloc(dedup->member, capacity * sizeof *grown);
        if (grown == NULL) return CLR_FULL;
        dedup->member = grown;
        dedup->member_capacity = capacity;
    }
    dedup->member[dedup->member_count++] = entry;
    return CLR_OK;
}

/** Neighbouring day in which a twin of the record could lie: −1, +1, or 0 for none. */
static int near_midnight(const struct clr_dedup *dedup, const struct clr_txn *txn)
{
    if (txn->flags & CLR_FLAG_OPEN) return 0;
    const int64_t twin_s = product_of(dedup, txn)->twin_s;
    const int64_t of_day = txn->traded_at_s + CLR_ZONE_OFFSET_S - (int64_t)txn->trade_day * CLR_DAY_S;
    if (of_day <= twin_s) return -1;
    return of_day + twin_s >= CLR_DAY_S ? 1 : 0;
}

/** First entry with a key hash >= the wanted one. */
static size_t lower_bound(const struct clr_dedup *dedup, uint64_t key_hash)
{
    size_t low = 0, high = dedup->entry_count;
    while (low < high) {
        const size_t middle = (low + high) / 2;
        if (dedup->entries[middle].key_hash < key_hash) low = middle + 1;
        else high = middle;
    }
    return low;
}

/** Entries of the partition under the lookup key of `like` on `day`, not yet judged. */
static enum clr_status gather_key(struct clr_dedup *dedup, const struct clr_txn *like, uint64_t hash, clr_day day, struct clr_fault *fault)
{
    const uint64_t key_hash = clr_key_hash(hash);
    struct clr_txn wanted = *like;       /* of another day, perhaps */
    wanted.trade_day = day;
    for (size_t i = lower_bound(dedup, key_hash); i < dedup->entry_count && dedup->entries[i].key_hash == key_hash; i++) {
        if (dedup->done[i] || !clr_same_key(dedup->entries[i].txn, &wanted)) continue;
        dedup->done[i] = 1;
        CLR_TRY(add_member(dedup, &dedup->entries[i]));
    }
    return clr_history_by_key(dedup->history, like, hash, day, &dedup->past, fault);
}

/** The group of an entry: its key, and the neighbouring days' as long as records near midnight lead on to them. */
static enum clr_status gather(struct clr_dedup *dedup, const struct clr_txn *like, struct clr_fault *fault)
{
    clr_day first = like->trade_day, last = like->trade_day;
    size_t looked = 0;

    dedup->member_count = dedup->past.count = 0;
    CLR_TRY(gather_key(dedup, like, like->hash, like->trade_day, fault));
    for (; looked < dedup->member_count; looked++) {
        const struct clr_txn *const txn = dedup->member[looked]->txn;
        const int step = near_midnight(dedup, txn);
        const clr_day day = txn->trade_day + step;
        if (step == 0 || (day >= first && day <= last)) continue;
        if (day < first) first = day;
        else last = day;
        CLR_TRY(gather_key(dedup, txn, clr_placement_hash_on(clr_tokenizer_seed(dedup->batch->store->tokenizer), txn, day), day, fault));
    }
    return CLR_OK;
}

static int by_position(const void *a, const void *b)
{
    const struct clr_entry *const x = *(const struct clr_entry *const *)a, *const y = *(const struct clr_entry *const *)b;
    const uint64_t first = clr_entry_position(x), second = clr_entry_position(y);
    return (first > second) - (first < second);
}

static int by_record(const void *a, const void *b)
{
    const struct clr_past *const x = a, *const y = b;
    return (x->id > y->id) - (x->id < y->id);
}

static enum clr_status judge_group(struct clr_dedup *dedup, struct clr_fault *fault)
{
    clr_group_reset(&dedup->group);
    if (dedup->past.count > 1) qsort(dedup->past.item, dedup->past.count, sizeof *dedup->past.item, by_record);
    for (size_t i = 0; i < dedup->past.count; i++) {
        struct clr_past *const past = &dedup->past.item[i];
        /* Judged before the rules knew a party, it is compared as today's rules name it: else the same record sent again would differ. */
        clr_party_again_fill(&dedup->again, (enum clr_format)past->format, &past->txn);
        const struct clr_holder holder = { &past->txn, past->id, past->reasons, past->format };
        CLR_TRY(clr_group_add(&dedup->group, &holder));
    }
    if (dedup->member_count > 1) qsort(dedup->member, dedup->member_count, sizeof *dedup->member, by_position);
    for (size_t i = 0; i < dedup->member_count; i++) CLR_TRY(judge(dedup, dedup->member[i], fault));
    return CLR_OK;
}

/** What a look at an entry's neighbours and at history says. */
enum company {
    ALONE,                               /* nothing to compare it with */
    WITH_PAST,                           /* no other of its key in the batch; dedup->past has those of history */
    PERHAPS                              /* its group must be gathered */
};

/** Nearly every record: no other of its key in the batch, none in history, no neighbouring day to ask; or, of a file sent again, one in history. */
static enum clr_status look_around(struct clr_dedup *dedup, size_t at, enum company *out, struct clr_fault *fault)
{
    const struct clr_entry *const entry = &dedup->entries[at];
    *out = PERHAPS;
    if (at > 0 && entry[-1].key_hash == entry->key_hash) return CLR_OK;
    if (at + 1 < dedup->entry_count && entry[1].key_hash == entry->key_hash) return CLR_OK;
    if (near_midnight(dedup, entry->txn) != 0) return CLR_OK;
    *out = ALONE;
    if (!dedup->known[at]) return CLR_OK;
    dedup->past.count = 0;
    CLR_TRY(clr_history_by_key(dedup->history, entry->txn, entry->txn->hash, entry->txn->trade_day, &dedup->past, fault));
    if (dedup->past.count > 0) *out = WITH_PAST;
    return CLR_OK;
}

static enum clr_status judge_entry(struct clr_dedup *dedup, size_t at, struct clr_fault *fault)
{
    enum company company;
    CLR_TRY(look_around(dedup, at, &company, fault));
    if (company == PERHAPS) {
        CLR_TRY(gather(dedup, dedup->entries[at].txn, fault));
        return dedup->member_count == 1 && dedup->past.count == 0 ? CLR_OK : judge_group(dedup, fault);
    }
    dedup->done[at] = true;
    if (company == ALONE) return CLR_OK;
    dedup->member_count = 0;
    CLR_TRY(add_member(dedup, &dedup->entries[at]));
    return judge_group(dedup, fault);
}

enum clr_status clr_dedup_partition(struct clr_dedup *dedup, const struct clr_entry *entries, size_t count, struct clr_fault *fault)
{
    dedup->entries = entries;
    dedup->entry_count = count;
    if (dedup->done_capacity < count) {
        free(dedup->done);
        free(dedup->known);
        dedup->done = malloc(count * 2);
        dedup->known = malloc(count * 2);
        dedup->done_capacity = dedup->done != NULL && dedup->known != NULL ? count * 2 : 0;
        if (dedup->done_capacity == 0) return CLR_FULL;
    }
    if (count > 0) memset(dedup->done, 0, count);
    clr_history_reset(dedup->history);
    CLR_TRY(clr_history_nominate(dedup->history, entries, count, dedup->known, fault));
    for (size_t i = 0; i < count; i++) {
        if (dedup->done[i]) continue;
        if (i + CLR_PREFETCH_RECORDS < count) clr_prefetch_record(entries[i + CLR_PREFETCH_RECORDS].txn);
        CLR_TRY(judge_entry(dedup, i, fault));
    }
    return CLR_OK;
}
