#include "ingest/moves_judge.h"

#include <stdio.h>
#include <stdlib.h>

#include "ingest/check.h"
#include "settle/decide.h"
#include "settle/holders.h"
#include "settle/original.h"
#include "settle/package.h"
#include "settle/reply.h"

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

/** By code: purchases and loads of the moves CSV. */
static enum clr_status set_coded_parties(struct clr_moves *moves, const struct clr_raw *raw, struct clr_move *move)
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

static clr_party party_of(const struct clr_moves *moves, int participant, const char *unknown)
{
    if (participant >= 0) return moves->plan->rules->participant[participant].party;
    return clr_parties_intern(&moves->store->parties, clr_bytes_text(unknown));
}

/** By what was read, as in the pipeline. */
static enum clr_status set_read_parties(struct clr_moves *moves, const struct clr_raw *raw, struct clr_move *move)
{
    const struct clr_codec *const codec = moves->job->codec;
    const struct clr_party_source source = clr_party_source_of(codec, raw, move->txn.trade_day);
    struct clr_txn *const txn = &move->txn;
    char unknown[CLR_UNKNOWN_TEXT_SIZE];
    if (!(txn->flags & CLR_FLAG_AT_STATION)) {
        const int issuer = clr_party_issuer(moves->plan->rules, &source, &txn->reasons);
        txn->issuer = party_of(moves, issuer, clr_unknown_issuer_text(&source, unknown));
        if (txn->issuer == CLR_PARTY_NONE) return CLR_FULL;
    }
    if (codec->unit_field[0] != '\0') {
        const int acquirer = clr_party_acquirer(moves->plan->rules, &source, &txn->reasons);
        txn->acquirer = party_of(moves, acquirer, clr_unknown_acquirer_text(&source, unknown));
        if (txn->acquirer == CLR_PARTY_NONE) return CLR_FULL;
    }
    return CLR_OK;
}

/** A move as it stands in the transaction, before it has a place in the tables. */
static struct clr_subject subject_of(const struct clr_moves *moves, const struct clr_move *move)
{
    return (struct clr_subject){
        .id = move->record, .is_move = true, .txn = move->txn, .move = *move, .format = (enum clr_format)move->format,
        .issuer = clr_again_participant(&moves->again, move->txn.issuer), .acquirer = clr_again_participant(&moves->again, move->txn.acquirer),
    };
}

/** What only the whole record says, once its parties are known; and its TAC, which goes by the issuer. */
static enum clr_status check_booking(struct clr_moves *moves, const struct clr_raw *raw, struct clr_move *move)
{
    const struct clr_subject subject = subject_of(moves, move);
    if (clr_subject_has_parties(&subject)) {
        const struct clr_booking booking = clr_again_booking(&moves->again, &subject, move->txn.window);
        move->txn.reasons |= clr_book_reasons(&booking);
    }
    if (!(move->txn.flags & CLR_FLAG_HAS_TAC)) return CLR_OK;
    move->txn.reasons |= moves->job->sender->tac_unverified_waits ? CLR_REASON_MASK(TAC_UNVERIFIED) : CLR_NOTE_MASK_TAC_UNVERIFIED;
    return moves->tac != NULL ? clr_tac_check_records(moves->tac, raw, &move->txn, 1) : CLR_OK;
}

/** Purchases and loads bring their own parties; everything else has those of the record it refers to. */
static enum clr_status check_terms(struct clr_moves *moves, const struct clr_raw *raw, struct clr_move *move)
{
    const struct clr_rules *const rules = moves->plan->rules;
    struct clr_txn *const txn = &move->txn;
    static const struct clr_token none = { { 0 } };
    const bool moves_money = txn->kind != CLR_KIND_DECIDE && txn->kind != CLR_KIND_REPLY;
    if (moves_money && txn->amount_fen > rules->product[txn->product].amount_max_fen) txn->reasons |= CLR_REASON_MASK(AMOUNT_LIMIT);
    if (txn->kind != CLR_KIND_PURCHASE && txn->kind != CLR_KIND_LOAD) return CLR_OK;
    if (!clr_token_equal(&txn->card, &none) && clr_rules_card_stopped(rules, &txn->card, txn->traded_at_s))
        txn->reasons |= CLR_REASON_MASK(CARD_STATUS);
    if (clr_move_is_plain(move)) return set_coded_parties(moves, raw, move);
    CLR_TRY(set_read_parties(moves, raw, move));
    return check_booking(moves, raw, move);
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
        *out = clr_move_same_identity(&other, move);
        clr_move_free(&other);
    }
    free(others);
    return status;
}

static enum clr_status check_repeats(struct clr_moves *moves, struct clr_move *move, struct clr_fault *fault)
{
    const struct clr_subject subject = subject_of(moves, move);
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
    } else if (clr_move_is_reply(move)) {
        CLR_TRY(clr_reply_judge(&moves->again, move, &reasons, fault));
    } else if (clr_kind_is_about_original(move->txn.kind)) {
        CLR_TRY(clr_original_read(&moves->again, move, original, fault));
        reasons = clr_original_judge(&moves->again, move, original);
        move->original = original->id;
        move->txn.issuer = original->trade.issuer;
        move->txn.acquirer = original->trade.acquirer;
    } else if (clr_move_is_packaged(move)) {
        CLR_TRY(clr_package_judge(&moves->again, move, &reasons, &move->txn.link, fault));
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
    clr_move_identity(moves->store->key, moves->job->sender_name, move, token);
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
    const struct clr_subject subject = subject_of(moves, move);
    const struct clr_booking booking = clr_again_booking(&moves->again, &subject, move->txn.window);
    return clr_book(&booking, &moves->job->cells);
}

static enum clr_status carry_out(struct clr_moves *moves, const struct clr_move *move, const struct clr_original *original,
                                 struct clr_fault *fault)
{
    struct clr_job *const job = moves->job;
    if (clr_verdict_of(move->txn.reasons) != CLR_VERDICT_ACCEPTED) return CLR_OK;
    if (job->window == CLR_DAY_NONE || move->txn.window < job->window) job->window = move->txn.window;
    if (move->txn.kind == CLR_KIND_DECIDE) return clr_decide_carry_out(&moves->again, move, move->original, 0, fault);
    if (clr_move_is_reply(move)) return clr_reply_carry_out(&moves->again, move, fault);
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
    CLR_TRY(clr_move_take_over(moves->job->codec, moves->store->tokenizer, raw, &move));
    enum clr_status status = judge(moves, raw, &move, fault);
    if (status == CLR_OK && clr_move_is_packaged(&move)) status = clr_package_take(&moves->again, &move, fault);
    clr_move_free(&move);
    return status;
}
