#include "ingest/moves_judge.h"

#include <stdio.h>
#include <stdlib.h>

#include "ingest/check.h"
#include "settle/decide.h"
#include "settle/holders.h"
#include "settle/original.h"

/* ---- the record as it was read ---- */

static char *copy(struct clr_bytes text)
{
    char *const out = malloc(text.size + 1);
    if (out == NULL) return NULL;
    if (text.size > 0) memcpy(out, text.data, text.size);
    out[text.size] = '\0';
    return out;
}

static enum clr_status copy_texts(const struct clr_raw *raw, struct clr_move *out)
{
    out->id = copy(raw->id);
    out->orig_id = copy(raw->orig_id);
    out->issuer_code = copy(clr_bytes_trim(raw->issuer_code));
    out->acquirer_code = copy(clr_bytes_trim(raw->acquirer_code));
    out->reason = copy(raw->reason_text);
    out->note = copy(raw->note_text);
    if (out->id != NULL && out->orig_id != NULL && out->issuer_code != NULL && out->acquirer_code != NULL && out->reason != NULL &&
        out->note != NULL)
        return CLR_OK;
    clr_move_free(out);
    return CLR_FULL;
}

static void copy_fields(struct clr_moves *moves, const struct clr_raw *raw, struct clr_move *out)
{
    struct clr_txn *const txn = &out->txn;
    txn->amount_fen = raw->amount_fen;
    txn->price_fen = raw->flags & CLR_FLAG_HAS_PRICE ? raw->price_fen : raw->amount_fen;
    txn->reasons = raw->reasons;
    txn->traded_at_s = raw->traded_at_s;
    txn->trade_day = raw->traded_at_s == CLR_TIME_NONE ? CLR_DAY_NONE : clr_day_of_time(raw->traded_at_s);
    txn->window = CLR_DAY_NONE;
    txn->file = moves->job->admission;
    txn->product = raw->product;
    txn->kind = raw->kind;
    txn->service = raw->service;
    txn->flags = raw->flags;
    txn->detail = raw->detail;
    out->negative = raw->negative;
    if (clr_bytes_trim(raw->card).size == 0) return;
    clr_card_block(moves->store->tokenizer, raw->card, txn->card.byte);
    clr_tokens_of_blocks(moves->store->tokenizer, &txn->card, 1);
}

/* ---- form ---- */

/** A decision has no time of its own; everything else moves money at a time. */
static void check_dates(const struct clr_moves *moves, struct clr_txn *txn)
{
    const struct clr_product_rules *const product = &moves->plan->rules->product[txn->product];
    const int64_t stamp = moves->job->stamp;
    if (txn->traded_at_s == CLR_TIME_NONE) {
        if (txn->kind != CLR_KIND_DECIDE && !(txn->reasons & CLR_REASON_MASK(MALFORMED))) txn->reasons |= CLR_REASON_MASK(BAD_DATE);
        return;
    }
    if (txn->traded_at_s > stamp + product->future_s) txn->reasons |= CLR_REASON_MASK(BAD_DATE);
    if (clr_day_of_time(stamp) - txn->trade_day > product->late_days) txn->reasons |= CLR_REASON_MASK(TOO_LATE);
}

static void check_form(const struct clr_moves *moves, struct clr_txn *txn)
{
    const struct clr_rules *const rules = moves->plan->rules;
    const enum clr_product product = (enum clr_product)txn->product;
    /* Deductions belong to the medical product's own clearing; a product without windows cannot be cleared at all. */
    if (txn->kind == CLR_KIND_DEDUCT || !rules->product[product].present) {
        txn->reasons |= CLR_REASON_MASK(UNKNOWN_TYPE);
        return;
    }
    check_dates(moves, txn);
    txn->window = clr_window_first_open(&moves->plan->closed[product], clr_rules_receipt_window(rules, product, moves->job->stamp));
}

/* ---- parties and limits ---- */

static enum clr_status keep_code(struct clr_moves *moves, const char *field, const char *code, clr_party *out)
{
    char text[512];
    const int size = snprintf(text, sizeof text, "moves|%s=%.160s", field, code);
    *out = clr_parties_intern(&moves->store->parties, clr_bytes_of(text, (size_t)size));
    return *out != CLR_PARTY_NONE ? CLR_OK : CLR_FULL;
}

/** Purchases and loads bring their own parties; everything else has those of the record it refers to. */
static enum clr_status set_parties(struct clr_moves *moves, const struct clr_raw *raw, struct clr_move *move)
{
    const struct clr_rules *const rules = moves->plan->rules;
    int issuer, acquirer;
    move->txn.reasons |= clr_move_parties(rules, move, clr_bytes_trim(raw->card), &issuer, &acquirer);
    if (issuer >= 0) move->txn.issuer = rules->participant[issuer].party;
    else CLR_TRY(keep_code(moves, "issuer", move->issuer_code, &move->txn.issuer));
    if (acquirer >= 0) move->txn.acquirer = rules->participant[acquirer].party;
    else CLR_TRY(keep_code(moves, "acquirer", move->acquirer_code, &move->txn.acquirer));
    return CLR_OK;
}

static enum clr_status check_terms(struct clr_moves *moves, const struct clr_raw *raw, struct clr_move *move)
{
    const struct clr_rules *const rules = moves->plan->rules;
    struct clr_txn *const txn = &move->txn;
    static const struct clr_token none = { { 0 } };
    if (txn->kind != CLR_KIND_DECIDE && txn->amount_fen > rules->product[txn->product].amount_max_fen)
        txn->reasons |= CLR_REASON_MASK(AMOUNT_LIMIT);
    if (txn->kind != CLR_KIND_PURCHASE && txn->kind != CLR_KIND_LOAD) return CLR_OK;
    if (!clr_token_equal(&txn->card, &none) && clr_rules_card_stopped(rules, &txn->card, txn->traded_at_s))
        txn->reasons |= CLR_REASON_MASK(CARD_STATUS);
    return set_parties(moves, raw, move);
}

/* ---- identity and original ---- */

static enum clr_status seen_before(struct clr_moves *moves, const struct clr_move *move, const uint8_t token[16], bool *out,
                                   struct clr_fault *fault)
{
    clr_record_id *others;
    size_t count;
    *out = false;
    enum clr_status status = clr_holders_rejected(&moves->again, move, out, fault);
    if (status != CLR_NOT_FOUND) return status;
    CLR_TRY(clr_move_identity_list(&moves->tx, token, SIZE_MAX, &others, &count, fault));
    status = CLR_OK;
    for (size_t i = 0; i < count && status == CLR_OK && !*out; i++) {
        struct clr_standing standing;
        struct clr_move other;
        status = clr_again_standing(&moves->again, others[i], &standing, fault);
        if (status != CLR_OK || clr_verdict_of(standing.reasons) != CLR_VERDICT_REJECTED) continue;
        status = clr_move_get(&moves->tx, others[i], &other, fault);
        if (status != CLR_OK) break;
        *out = strcmp(other.id, move->id) == 0;
        clr_move_free(&other);
    }
    free(others);
    return status;
}

static enum clr_status check_repeats(struct clr_moves *moves, struct clr_move *move, struct clr_fault *fault)
{
    const struct clr_subject subject = {
        .id = move->record, .is_move = true, .txn = move->txn, .move = *move, .format = CLR_FORMAT_MOVES, .issuer = -1, .acquirer = -1
    };
    uint64_t reasons;
    CLR_TRY(clr_again_repeats(&moves->again, &subject, &reasons, &move->txn.link, fault));
    move->txn.reasons |= reasons;
    return CLR_OK;
}

static enum clr_status check_original(struct clr_moves *moves, struct clr_move *move, struct clr_original *original,
                                      struct clr_fault *fault)
{
    uint64_t reasons = 0;
    if (move->txn.kind == CLR_KIND_DECIDE) {
        CLR_TRY(clr_decide_judge(&moves->again, move, 0, &move->original, &reasons, fault));
    } else if (clr_kind_is_about_original(move->txn.kind)) {
        CLR_TRY(clr_original_read(&moves->again, move, original, fault));
        reasons = clr_original_judge(&moves->again, move, original);
        move->original = original->id;
        move->txn.issuer = original->trade.issuer;
        move->txn.acquirer = original->trade.acquirer;
    }
    move->txn.reasons |= reasons;
    return CLR_OK;
}

/** Everything after the form: repeats first, for a repeat refers to nothing; then what it refers to. */
static enum clr_status check_standing(struct clr_moves *moves, struct clr_move *move, struct clr_original *original,
                                      struct clr_fault *fault)
{
    const uint64_t repeats = CLR_REASON_MASK(DUPLICATE_IN_FILE) | CLR_REASON_MASK(DUPLICATE_IN_HISTORY) | CLR_REASON_MASK(CONFLICT);
    uint8_t token[16];
    bool seen;
    CLR_TRY(check_repeats(moves, move, fault));
    if (!(move->txn.reasons & repeats)) CLR_TRY(check_original(moves, move, original, fault));
    const enum clr_verdict verdict = clr_verdict_of(move->txn.reasons);
    if (verdict == CLR_VERDICT_DUPLICATE) return CLR_OK;
    clr_move_identity(moves->store->key, moves->job->sender_name, move->id, token);
    if (verdict != CLR_VERDICT_CONFLICT) {
        CLR_TRY(seen_before(moves, move, token, &seen, fault));
        if (seen) move->txn.reasons |= CLR_NOTE_MASK_SEEN_BEFORE;
    }
    CLR_TRY(clr_move_put(&moves->tx, move, fault));
    CLR_TRY(clr_holders_add(&moves->again, move));
    return clr_move_identity_put(&moves->tx, token, move->record, fault);
}

/* ---- what it does ---- */

static enum clr_status book_own(struct clr_moves *moves, const struct clr_move *move)
{
    const struct clr_rules *const rules = moves->plan->rules;
    const struct clr_txn *const txn = &move->txn;
    struct clr_cell_key key;
    struct clr_cell_sum sum;
    bool booked;
    const struct clr_trade trade = {
        .product = (enum clr_product)txn->product,
        .kind = (enum clr_kind)txn->kind,
        .service = (enum clr_service)txn->service,
        .flags = txn->flags,
        .issuer = txn->issuer,
        .acquirer = txn->acquirer,
        .issuer_index = clr_again_participant(&moves->again, txn->issuer),
        .acquirer_index = clr_again_participant(&moves->again, txn->acquirer),
        .amount_fen = txn->amount_fen,
        .price_fen = txn->price_fen,
        .trade_day = txn->trade_day,
        .window = txn->window,
    };
    CLR_TRY(clr_obligation_of(rules, &trade, &key, &sum, &booked));
    return booked ? clr_cells_add(&moves->job->cells, &key, &sum, 1) : CLR_OK;
}

static enum clr_status carry_out(struct clr_moves *moves, const struct clr_move *move, const struct clr_original *original,
                                 struct clr_fault *fault)
{
    struct clr_job *const job = moves->job;
    if (clr_verdict_of(move->txn.reasons) != CLR_VERDICT_ACCEPTED) return CLR_OK;
    if (job->window == CLR_DAY_NONE || move->txn.window < job->window) job->window = move->txn.window;
    if (move->txn.kind == CLR_KIND_DECIDE) return clr_decide_carry_out(&moves->again, move, move->original, 0, fault);
    if (clr_kind_is_about_original(move->txn.kind))
        return clr_original_book(&moves->again, move, original, move->txn.window, &job->cells, fault);
    return book_own(moves, move);
}

static enum clr_status append(struct clr_moves *moves, const struct clr_move *move, struct clr_fault *fault)
{
    struct clr_job *const job = moves->job;
    if (moves->own.count == CLR_VMAP_CHUNK) CLR_TRY(clr_moves_flush(moves, fault));
    moves->record[moves->own.count++] = (struct clr_exception){ .number = clr_record_id_number(move->record),
                                                                .reasons = move->txn.reasons,
                                                                .link = move->txn.link,
                                                                .amount_fen = move->txn.amount_fen,
                                                                .detail = move->txn.detail };
    job->records++;
    return clr_figures_count(&job->figures, move->txn.reasons, (enum clr_kind)move->txn.kind, move->txn.amount_fen);
}

static enum clr_status judge(struct clr_moves *moves, const struct clr_raw *raw, struct clr_move *move, struct clr_fault *fault)
{
    struct clr_original original = { 0 };
    if (move->txn.reasons & CLR_REASON_MASK(MALFORMED)) return append(moves, move, fault);
    check_form(moves, &move->txn);
    if (!(move->txn.reasons & CLR_REASON_MASK(BAD_DATE))) CLR_TRY(check_terms(moves, raw, move));
    if (clr_txn_has_identity(&move->txn)) {
        CLR_TRY(check_standing(moves, move, &original, fault));
        CLR_TRY(carry_out(moves, move, &original, fault));
    }
    return append(moves, move, fault);
}

enum clr_status clr_moves_judge(struct clr_moves *moves, const struct clr_raw *raw, struct clr_fault *fault)
{
    struct clr_move move = { .record = clr_record_id_of(moves->job->admission, moves->job->records + 1) };
    CLR_TRY(copy_texts(raw, &move));
    copy_fields(moves, raw, &move);
    const enum clr_status status = judge(moves, raw, &move, fault);
    clr_move_free(&move);
    return status;
}
