/* What a record repeats, asked again when it is about to count. The rules are those of ingest/dedup.h; the holders are those of now. */
#include <stdlib.h>

#include "ingest/check.h"
#include "ingest/dedup.h"
#include "settle/again.h"
#include "settle/holders.h"

/* ---- rows beside the record ---- */

static int by_record(const void *a, const void *b)
{
    const struct clr_past *const x = a, *const y = b;
    return (x->id > y->id) - (x->id < y->id);
}

/** Verdicts of now (history only knows what was committed), the record itself left out, canonical order. */
static enum clr_status bring_up_to_date(struct clr_again *again, clr_record_id self, struct clr_fault *fault)
{
    struct clr_past_list *const past = &again->past;
    size_t kept = 0;
    for (size_t i = 0; i < past->count; i++) {
        uint64_t reasons, event;
        clr_day window;
        if (past->item[i].id == self) continue;
        past->item[kept] = past->item[i];
        const enum clr_status status = clr_event_latest(again->tx, past->item[kept].id, &reasons, &event, &window, fault);
        if (status == CLR_OK) past->item[kept].reasons = reasons;
        else if (status != CLR_NOT_FOUND) return status;
        kept++;
    }
    past->count = kept;
    if (kept > 1) qsort(past->item, kept, sizeof *past->item, by_record);
    return CLR_OK;
}

enum clr_status clr_again_card_rows(struct clr_again *again, const struct clr_subject *subject, clr_day from, clr_day to,
                                    struct clr_fault *fault)
{
    again->past.count = 0;
    clr_history_reset(again->history);
    CLR_TRY(clr_history_by_card(again->history, &subject->txn.card, from, to, &again->past, fault));
    return bring_up_to_date(again, subject->id, fault);
}

static bool holds(const struct clr_past *past)
{
    const enum clr_verdict verdict = clr_verdict_of(past->reasons);
    return verdict != CLR_VERDICT_REJECTED && verdict != CLR_VERDICT_DUPLICATE;
}

/** Neighbouring day in which a twin could lie: −1, +1, or 0 for none. */
static int near_midnight(const struct clr_again *again, const struct clr_txn *txn)
{
    if (txn->flags & CLR_FLAG_OPEN) return 0;
    const int64_t twin_s = again->rules->product[txn->product].twin_s;
    const int64_t of_day = txn->traded_at_s + CLR_ZONE_OFFSET_S - (int64_t)txn->trade_day * CLR_DAY_S;
    if (of_day <= twin_s) return -1;
    return of_day + twin_s >= CLR_DAY_S ? 1 : 0;
}

/** Rows under the record's look-up key, on its day and on a neighbouring one that could hold a twin. */
static enum clr_status key_rows(struct clr_again *again, const struct clr_subject *subject, struct clr_fault *fault)
{
    const struct clr_txn *const txn = &subject->txn;
    const uint64_t seed = clr_tokenizer_seed(again->store->tokenizer);
    const int step = near_midnight(again, txn);

    again->past.count = 0;
    clr_history_reset(again->history);
    CLR_TRY(clr_history_by_key(again->history, txn, clr_placement_hash(seed, txn), txn->trade_day, &again->past, fault));
    if (step != 0) {
        const clr_day day = txn->trade_day + step;
        CLR_TRY(clr_history_by_key(again->history, txn, clr_placement_hash_on(seed, txn, day), day, &again->past, fault));
    }
    return bring_up_to_date(again, subject->id, fault);
}

/* ---- twins ---- */

bool clr_again_twins(const struct clr_again *again, const struct clr_txn *a, const struct clr_past *b, const struct clr_past_list *rows)
{
    const struct clr_txn *const other = &b->txn;
    if (!((a->flags ^ other->flags) & CLR_FLAG_GRAY) || ((a->flags | other->flags) & CLR_FLAG_OPEN)) return false;
    if (a->counter != other->counter || a->amount_fen != other->amount_fen || !clr_token_equal(&a->card, &other->card)) return false;
    if (llabs(a->traded_at_s - other->traded_at_s) <= again->rules->product[a->product].twin_s) return true;
    if (a->trade_day != other->trade_day) return false;
    const int64_t low = a->traded_at_s < other->traded_at_s ? a->traded_at_s : other->traded_at_s;
    const int64_t high = a->traded_at_s < other->traded_at_s ? other->traded_at_s : a->traded_at_s;
    for (size_t i = 0; i < rows->count; i++)
        if (rows->item[i].txn.traded_at_s > low && rows->item[i].txn.traded_at_s < high) return false;      /* a tap, whatever became of it */
    return true;
}

/** Could any row be a twin? Then all rows of the card are needed: a tap between the two says that they are none. */
static bool may_have_twins(const struct clr_again *again, const struct clr_subject *subject)
{
    const struct clr_past_list none = { 0 };
    for (size_t i = 0; i < again->past.count; i++)
        if (clr_again_twins(again, &subject->txn, &again->past.item[i], &none)) return true;
    return false;
}

/* ---- the check ---- */

/** The record as it would count: its parties as the latest rules name them. */
static struct clr_txn with_parties(const struct clr_again *again, const struct clr_subject *subject)
{
    struct clr_txn txn = subject->txn;
    if (subject->issuer >= 0) txn.issuer = again->rules->participant[subject->issuer].party;
    if (subject->acquirer >= 0) txn.acquirer = again->rules->participant[subject->acquirer].party;
    return txn;
}

static uint64_t repeat_of(clr_record_id id, clr_record_id of)
{
    return clr_record_id_admission(id) == clr_record_id_admission(of) ? CLR_REASON_MASK(DUPLICATE_IN_FILE)
                                                                      : CLR_REASON_MASK(DUPLICATE_IN_HISTORY);
}

/** Only what counts, or waited before this record, stands against it. */
static bool stands(const struct clr_past *past, clr_record_id self)
{
    return clr_verdict_of(past->reasons) == CLR_VERDICT_ACCEPTED || (holds(past) && past->id < self);
}

static void mark_same(struct clr_again *again, const struct clr_subject *subject, const struct clr_txn *txn, uint64_t *reasons,
                      clr_record_id *link)
{
    for (size_t i = 0; i < again->past.count && *reasons == 0; i++) {
        struct clr_past *const past = &again->past.item[i];
        if (!stands(past, subject->id) || !clr_same_identity(&past->txn, txn)) continue;
        clr_again_row_parties(again, (enum clr_format)past->format, &past->txn);
        if (!clr_same_content(&past->txn, past->format, txn, (uint8_t)subject->format)) continue;
        *reasons = repeat_of(subject->id, past->id);
        *link = past->id;
    }
}

static bool is_twin(const struct clr_again *again, const struct clr_subject *subject, const struct clr_past *past)
{
    return clr_verdict_of(past->reasons) != CLR_VERDICT_CONFLICT && clr_again_twins(again, &subject->txn, past, &again->past);
}

static void mark_twin(struct clr_again *again, const struct clr_subject *subject, uint64_t *reasons, clr_record_id *link)
{
    for (size_t i = 0; i < again->past.count && *reasons == 0; i++) {
        const struct clr_past *const past = &again->past.item[i];
        if (clr_verdict_of(past->reasons) != CLR_VERDICT_ACCEPTED || !is_twin(again, subject, past)) continue;
        *reasons = subject->txn.flags & CLR_FLAG_GRAY ? CLR_REASON_MASK(SUPERSEDED) : repeat_of(subject->id, past->id);
        *link = past->id;
    }
}

typedef bool same_as(const struct clr_txn *a, const struct clr_txn *b);

static void mark_conflict(struct clr_again *again, const struct clr_subject *subject, same_as *same, uint64_t reason, uint64_t *reasons,
                          clr_record_id *link)
{
    for (size_t i = 0; i < again->past.count && *reasons == 0; i++) {
        const struct clr_past *const past = &again->past.item[i];
        if (!stands(past, subject->id) || !same(&past->txn, &subject->txn) || is_twin(again, subject, past)) continue;
        *reasons = reason;
        *link = past->id;
    }
}

static enum clr_status trade_repeats(struct clr_again *again, const struct clr_subject *subject, uint64_t *reasons, clr_record_id *link,
                                     struct clr_fault *fault)
{
    const struct clr_txn txn = with_parties(again, subject);
    CLR_TRY(key_rows(again, subject, fault));
    if (may_have_twins(again, subject)) CLR_TRY(clr_again_card_rows(again, subject, txn.trade_day - 1, txn.trade_day + 1, fault));
    mark_same(again, subject, &txn, reasons, link);
    mark_twin(again, subject, reasons, link);
    mark_conflict(again, subject, clr_same_identity, CLR_REASON_MASK(CONFLICT), reasons, link);
    if (!(txn.flags & CLR_FLAG_OPEN)) mark_conflict(again, subject, clr_same_key, CLR_REASON_MASK(COUNTER_CONFLICT), reasons, link);
    return CLR_OK;
}

/* ---- moves ---- */

/** Does another move of the identity stand against it, and with which content? */
static enum clr_status compare_move(struct clr_again *again, const struct clr_subject *subject, clr_record_id other, uint64_t *reasons,
                                    clr_record_id *link, struct clr_fault *fault)
{
    struct clr_standing standing;
    struct clr_move move;
    CLR_TRY(clr_again_standing(again, other, &standing, fault));
    const struct clr_past past = { .id = other, .reasons = standing.reasons };
    if (!stands(&past, subject->id)) return CLR_OK;
    CLR_TRY(clr_move_get(again->tx, other, &move, fault));
    const bool identical = clr_move_same_identity(&move, &subject->move), same = clr_move_same_content(&move, &subject->move);
    clr_move_free(&move);
    if (!identical) return CLR_OK;
    const bool better = *reasons == 0 || (same && *reasons == CLR_REASON_MASK(CONFLICT));
    if (!better) return CLR_OK;
    *reasons = same ? repeat_of(subject->id, other) : CLR_REASON_MASK(CONFLICT);
    *link = other;
    return CLR_OK;
}

static enum clr_status ask_holders(struct clr_again *again, const struct clr_subject *subject, const uint8_t token[16], uint64_t *reasons,
                                   clr_record_id *link, struct clr_fault *fault)
{
    clr_record_id same, other;
    CLR_TRY(clr_holders_find(again, token, &subject->move, &same, &other, fault));
    *link = same != 0 ? same : other;
    *reasons = same != 0 ? repeat_of(subject->id, same) : other != 0 ? CLR_REASON_MASK(CONFLICT) : 0;
    return CLR_OK;
}

static enum clr_status move_repeats(struct clr_again *again, const struct clr_subject *subject, uint64_t *reasons, clr_record_id *link,
                                    struct clr_fault *fault)
{
    const struct clr_file *file;
    clr_record_id *others;
    size_t count;
    uint8_t token[16];
    CLR_TRY(clr_again_file(again, clr_record_id_admission(subject->id), &file, fault));
    clr_move_identity(again->store->key, file->sender, &subject->move, token);
    /* A move that is being taken in stands behind all others: then many of one identity need not be gone through. */
    const size_t max = again->own != NULL ? CLR_HOLDERS_PLAIN + 1 : SIZE_MAX;
    CLR_TRY(clr_move_identity_list(again->tx, token, max, &others, &count, fault));
    if (count == max) {
        free(others);
        return ask_holders(again, subject, token, reasons, link, fault);
    }
    enum clr_status status = CLR_OK;
    for (size_t i = 0; i < count && status == CLR_OK; i++)
        if (others[i] != subject->id) status = compare_move(again, subject, others[i], reasons, link, fault);
    free(others);
    return status;
}

enum clr_status clr_again_repeats(struct clr_again *again, const struct clr_subject *subject, uint64_t *reasons, clr_record_id *link,
                                  struct clr_fault *fault)
{
    *reasons = 0;
    *link = 0;
    return subject->is_move ? move_repeats(again, subject, reasons, link, fault) : trade_repeats(again, subject, reasons, link, fault);
}
