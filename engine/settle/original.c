#include "settle/original.h"

#include <stdlib.h>

#include "settle/package.h"

/** How near a record is to being an original; of two that count, the one that counted first: it is what any reference has meant since. */
struct candidate {
    clr_record_id id;
    unsigned rank;                       /* 3 accepted, 2 pending or conflict, 1 rejected, 0 none */
    uint64_t event;                      /* that made it so */
};

static bool is_better(const struct candidate *a, const struct candidate *b)
{
    if (a->rank != b->rank) return a->rank > b->rank;
    return a->rank == 3 && a->event != b->event ? a->event < b->event : a->id < b->id;
}

static unsigned rank_of(uint64_t reasons)
{
    switch (clr_verdict_of(reasons)) {
    case CLR_VERDICT_ACCEPTED: return 3;
    case CLR_VERDICT_PENDING:
    case CLR_VERDICT_CONFLICT: return 2;
    case CLR_VERDICT_REJECTED: return 1;
    default: return 0;
    }
}

static enum clr_status look_at(struct clr_again *again, const struct clr_move *like, clr_record_id id, struct candidate *best, struct clr_fault *fault)
{
    struct clr_standing standing;
    struct clr_move other;
    CLR_TRY(clr_again_standing(again, id, &standing, fault));
    const struct candidate candidate = { id, rank_of(standing.reasons), standing.event };
    if (candidate.rank == 0 || (best->rank > 0 && !is_better(&candidate, best))) return CLR_OK;
    CLR_TRY(clr_move_get(again->tx, id, &other, fault));
    if (!clr_move_is_plain(&other) && other.txn.product == like->txn.product && strcmp(other.id, like->orig_id + 1) == 0) *best = candidate;
    clr_move_free(&other);
    return CLR_OK;
}

/** The move of the same product that has the identity "=…" names. */
static enum clr_status find_by_identity(struct clr_again *again, const struct clr_move *move, clr_record_id *out, struct clr_fault *fault)
{
    struct candidate best = { 0 };
    clr_record_id *record;
    uint8_t token[16];
    size_t count;
    clr_move_identity_in(again->store->key, (enum clr_product)move->txn.product, move->orig_id + 1, token);
    CLR_TRY(clr_move_identity_list(again->tx, token, SIZE_MAX, &record, &count, fault));
    enum clr_status status = CLR_OK;
    for (size_t i = 0; i < count && status == CLR_OK; i++)
        if (record[i] != move->record) status = look_at(again, move, record[i], &best, fault);
    free(record);
    *out = best.id;
    return status;
}

/** A reference by place or package, duplicates followed. */
static enum clr_status follow_named(struct clr_again *again, const struct clr_move *move, clr_record_id named, clr_record_id *out,
                                    struct clr_standing *standing, struct clr_fault *fault)
{
    if (named == 0 || named == move->record) return CLR_OK;
    const enum clr_status status = clr_again_follow(again, named, out, standing, fault);
    if (status == CLR_NOT_FOUND || (status == CLR_OK && *out == move->record)) {
        *out = 0;
        return CLR_OK;
    }
    return status;
}

enum clr_status clr_original_find(struct clr_again *again, const struct clr_move *move, clr_record_id *out, struct clr_standing *standing,
                                  struct clr_fault *fault)
{
    clr_record_id named;
    *out = 0;
    if (clr_reference_is_identity(move->orig_id)) {
        CLR_TRY(find_by_identity(again, move, &named, fault));
        if (named == 0) return CLR_OK;
        *out = named;
        return clr_again_standing(again, named, standing, fault);
    }
    if (!clr_move_is_plain(move) && move->txn.product == CLR_PRODUCT_TOLL) {
        CLR_TRY(clr_package_find(again->tx, move->orig_id, &named, fault));
        if (named != 0) return follow_named(again, move, named, out, standing, fault);
    }
    if (clr_reference_needs_files(move->orig_id) && !again->references.loaded)
        CLR_TRY(clr_references_load(again->tx, again->own != NULL ? again->own->file : NULL, &again->references, fault));
    named = clr_reference_find(&again->references, move->orig_id);
    return follow_named(again, move, named, out, standing, fault);
}

enum clr_status clr_original_want(struct clr_again *again, const struct clr_move *move, struct clr_fault *fault)
{
    struct clr_standing standing;
    const struct clr_file *file;
    clr_record_id id;
    CLR_TRY(clr_original_find(again, move, &id, &standing, fault));
    if (id == 0 || clr_verdict_of(standing.reasons) == CLR_VERDICT_REJECTED) return CLR_OK;
    CLR_TRY(clr_again_file(again, clr_record_id_admission(id), &file, fault));
    return clr_format_is_alone(file->format) ? CLR_OK : clr_again_want(again, id);
}

/* ---- what it owed ---- */

/** Parties and rules version of the obligation that an event booked; false when it booked none. */
static enum clr_status booked_by_event(struct clr_again *again, uint64_t event, struct clr_cell_key *out, bool *booked,
                                       struct clr_fault *fault)
{
    uint8_t prefix[9] = { 'e' };
    struct clr_scan scan;
    struct clr_bytes key, value;
    clr_put_be64(prefix + 1, event);
    CLR_TRY(clr_scan_open(again->tx, CLR_TABLE_delta, prefix, sizeof prefix, &scan, fault));
    enum clr_status status = clr_scan_next(&scan, &key, &value, fault);
    *booked = status == CLR_OK;
    if (status == CLR_OK && key.size != sizeof prefix + CLR_CELL_KEY_SIZE) status = CLR_DAMAGED;
    if (status == CLR_OK) clr_cell_key_unpack(key.data + sizeof prefix, out);
    clr_scan_close(&scan);
    return status == CLR_NOT_FOUND ? CLR_OK : status;
}

/** An event that booked nothing (0 fen without a fee) names no parties: those of the latest rules, for an adjustment. */
static void fill_unbooked(struct clr_again *again, struct clr_subject *subject, struct clr_original *out)
{
    struct clr_trade *const trade = &out->trade;
    clr_again_parties(again, subject);
    out->rules = again->rules;
    trade->issuer_index = subject->issuer;
    trade->acquirer_index = subject->acquirer;
    if (subject->issuer >= 0) trade->issuer = again->rules->participant[subject->issuer].party;
    if (subject->acquirer >= 0) trade->acquirer = again->rules->participant[subject->acquirer].party;
}

/** The latest rules have an index; an older version is searched. */
static int participant_of(const struct clr_again *again, const struct clr_rules *rules, clr_party party)
{
    return rules == again->rules ? clr_again_participant(again, party) : clr_store_participant(again->store, rules, party);
}

/** A party that the format of a move asks nobody for. */
static bool unasked(const struct clr_subject *subject, clr_party party)
{
    return subject->is_move && !clr_move_is_plain(&subject->move) && party == CLR_PARTY_NONE;
}

static enum clr_status fill_booking(struct clr_again *again, struct clr_subject *subject, struct clr_original *out, struct clr_fault *fault)
{
    struct clr_trade *const trade = &out->trade;
    uint32_t version;
    if (out->standing.event != 0) {
        struct clr_cell_key key;
        CLR_TRY(booked_by_event(again, out->standing.event, &key, &out->owes, fault));
        if (!out->owes) {
            fill_unbooked(again, subject, out);
            return CLR_OK;
        }
        /* Of what nobody asked for, cells name one of several. */
        if (!unasked(subject, trade->issuer)) trade->issuer = key.issuer;
        if (!unasked(subject, trade->acquirer)) trade->acquirer = key.acquirer;
        version = key.rules_version;
    } else {
        const struct clr_file *file;
        CLR_TRY(clr_again_file(again, clr_record_id_admission(out->id), &file, fault));
        out->owes = clr_trade_owes(trade);
        version = file->rules_version;
    }
    CLR_TRY(clr_store_rules_get(again->store, version, &out->rules, fault));
    trade->issuer_index = participant_of(again, out->rules, trade->issuer);
    trade->acquirer_index = participant_of(again, out->rules, trade->acquirer);
    const bool lacks = (trade->issuer_index < 0 && !unasked(subject, trade->issuer)) || (trade->acquirer_index < 0 && !unasked(subject, trade->acquirer));
    if (out->owes && lacks) return CLR_DAMAGED;
    return CLR_OK;
}

enum clr_status clr_original_read(struct clr_again *again, const struct clr_move *move, struct clr_original *out, struct clr_fault *fault)
{
    struct clr_subject subject;
    memset(out, 0, sizeof *out);
    CLR_TRY(clr_original_find(again, move, &out->id, &out->standing, fault));
    if (out->id == 0 || clr_verdict_of(out->standing.reasons) != CLR_VERDICT_ACCEPTED) return CLR_OK;
    CLR_TRY(clr_subject_read(again, out->id, &subject, fault));
    const struct clr_txn *const txn = &subject.txn;
    out->trade = (struct clr_trade){
        .product = (enum clr_product)txn->product, .kind = (enum clr_kind)txn->kind, .service = (enum clr_service)txn->service,
        .flags = txn->flags, .issuer = txn->issuer, .acquirer = txn->acquirer, .issuer_index = -1, .acquirer_index = -1,
        .amount_fen = txn->amount_fen, .price_fen = txn->price_fen, .trade_day = txn->trade_day, .window = txn->window,
    };
    const enum clr_status status = fill_booking(again, &subject, out, fault);
    clr_subject_free(&subject);
    CLR_TRY(status);
    return clr_refunded_get(again->tx, out->id, &out->refunded, fault);
}

/* ---- what it allows ---- */

/** Only what was paid can be given back: refunds, entries and the like have nothing of their own. */
static clr_fen refundable(const struct clr_original *original)
{
    const enum clr_kind kind = original->trade.kind;
    return kind == CLR_KIND_PURCHASE || kind == CLR_KIND_LOAD ? original->trade.amount_fen : 0;
}

/** A code that the move gives must name the party that the original has. */
static bool party_agrees(const struct clr_again *again, const struct clr_move *move, enum clr_role role, const char *code, clr_party party)
{
    if (clr_bytes_trim(clr_bytes_text(code)).size == 0 || !clr_party_is_known(party)) return true;
    if (clr_bytes_equal(clr_bytes_trim(clr_bytes_text(code)), clr_bytes_text(clr_party_text(&again->store->parties, party)))) return true;
    const int found = clr_move_party(again->rules, role, (enum clr_product)move->txn.product, code, move->txn.trade_day);
    return found >= 0 && again->rules->participant[found].party == party;
}

uint64_t clr_original_judge(const struct clr_again *again, const struct clr_move *move, const struct clr_original *original)
{
    const enum clr_verdict verdict = clr_verdict_of(original->standing.reasons);
    uint64_t reasons = 0;

    if (original->id == 0 || verdict == CLR_VERDICT_PENDING || verdict == CLR_VERDICT_CONFLICT)
        return CLR_REASON_MASK(REFUND_WITHOUT_ORIGINAL);
    if (verdict != CLR_VERDICT_ACCEPTED) return CLR_REASON_MASK(REFUND_EXCEEDS_ORIGINAL);
    if (original->trade.product != (enum clr_product)move->txn.product) reasons |= CLR_REASON_MASK(FIELD_MISMATCH);
    /* A refund of another format has its original's parties: what it says of its own is not by code. */
    if (clr_move_is_plain(move) && (!party_agrees(again, move, CLR_ROLE_ISSUER, move->issuer_code, original->trade.issuer) ||
        !party_agrees(again, move, CLR_ROLE_ACQUIRER, move->acquirer_code, original->trade.acquirer)))
        reasons |= CLR_REASON_MASK(FIELD_MISMATCH);
    if (move->txn.kind == CLR_KIND_ADJUST) {
        const struct clr_trade *const trade = &original->trade;
        const bool known = (trade->issuer_index >= 0 || trade->issuer == CLR_PARTY_NONE) && (trade->acquirer_index >= 0 || trade->acquirer == CLR_PARTY_NONE);
        return known || !clr_trade_owes(&original->trade) ? reasons : reasons | CLR_REASON_MASK(UNKNOWN_PARTICIPANT);
    }
    /* Both sides are at most CLR_RECORD_FEN_MAX: the sums here are far from any limit. */
    if (original->refunded.refunded_fen + move->txn.amount_fen > refundable(original)) reasons |= CLR_REASON_MASK(REFUND_EXCEEDS_ORIGINAL);
    if (move->txn.kind != CLR_KIND_REVERSAL) return reasons;
    if (original->refunded.refunded_fen > 0 || original->refunded.reversed) return reasons | CLR_REASON_MASK(ALREADY_REFUNDED);
    return move->txn.amount_fen < refundable(original) ? reasons | CLR_REASON_MASK(FIELD_MISMATCH) : reasons;
}

/* ---- what it books ---- */

static enum clr_status obligations(struct clr_again *again, const struct clr_move *move, const struct clr_original *original, clr_day window,
                                   struct clr_remaining *remaining, struct clr_cells *cells)
{
    const struct clr_giving_back back = { again->tx, original->rules, &original->trade, original->id, move, original->refunded.refunded_fen, window, remaining };
    if (!clr_trade_owes(&original->trade)) return CLR_OK;
    if (move->txn.kind != CLR_KIND_ADJUST && !original->owes) return CLR_OK;
    return clr_book_back(&back, cells);
}

static enum clr_status note_given(struct clr_again *again, const struct clr_move *move, const struct clr_original *original,
                                  const struct clr_remaining *remaining, struct clr_fault *fault)
{
    struct clr_refunded refunded = original->refunded;
    CLR_TRY(clr_fen_add(&refunded.refunded_fen, move->txn.amount_fen));
    refunded.count++;
    refunded.reversed |= move->txn.kind == CLR_KIND_REVERSAL;
    return clr_remaining_put(again->tx, original->id, &refunded, remaining, fault);
}

enum clr_status clr_original_book(struct clr_again *again, const struct clr_move *move, const struct clr_original *original, clr_day window,
                                  struct clr_cells *cells, struct clr_fault *fault)
{
    struct clr_remaining remaining;
    CLR_TRY(clr_remaining_get(again->tx, original->id, &remaining, fault));
    enum clr_status status = obligations(again, move, original, window, &remaining, cells);
    if (status == CLR_OK && move->txn.kind != CLR_KIND_ADJUST) status = note_given(again, move, original, &remaining, fault);
    if (status == CLR_OK && move->txn.kind != CLR_KIND_ADJUST) status = clr_package_refunded(again, original->id, move->txn.amount_fen, window, fault);
    clr_remaining_free(&remaining);
    return status;
}
