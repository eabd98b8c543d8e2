/* why_move.c: a move against what it refers to: the original and what is left of it. See explain.h. */
#include "query/explain.h"
#include "settle/original.h"
#include "store/moves.h"

static enum clr_status say_left(struct clr_account *account, const struct clr_original *original)
{
    char amount[CLR_YUAN_TEXT_SIZE], refunded[CLR_YUAN_TEXT_SIZE], left[CLR_YUAN_TEXT_SIZE];
    const clr_fen left_fen = original->trade.amount_fen - original->refunded.refunded_fen;
    const bool against = clr_account_has(account, CLR_REASON_MASK(REFUND_EXCEEDS_ORIGINAL) | CLR_REASON_MASK(ALREADY_REFUNDED));

    clr_yuan_text(original->trade.amount_fen, amount);
    clr_yuan_text(original->refunded.refunded_fen, refunded);
    return clr_why_say(account, "refundable", !against, "original %s yuan; %s given back now in %u parts%s%.0s; %s left",
                       "原交易 %s 元；至今已退 %s 元，共 %u 笔%.0s%s；余 %s 元", amount, refunded, original->refunded.count,
                       original->refunded.reversed ? ", reversed" : "", original->refunded.reversed ? "，已冲正" : "",
                       clr_yuan_text(left_fen, left));
}

static enum clr_status say_original(struct clr_account *account, const struct clr_move *move, struct clr_fault *fault)
{
    struct clr_again again;
    struct clr_original original;
    char en[CLR_WHY_WHICH_SIZE], zh[CLR_WHY_WHICH_SIZE], named[96];

    enum clr_status status = clr_again_open(&again, account->store, account->tx, account->file.stamp, 0, fault);
    if (status == CLR_OK) status = clr_original_read(&again, move, &original, fault);
    clr_again_close(&again);
    CLR_TRY(status);
    clr_show_text(clr_bytes_text(move->orig_id), named, sizeof named);
    if (original.id == 0)
        return clr_why_say(account, "original", false, "\"%s\" names no record that is here", "“%s”所指记录不存在", named);
    CLR_TRY(clr_why_which(account, original.id, en, zh, fault));
    const struct clr_term verdict = clr_verdict_term(clr_verdict_of(original.standing.reasons));
    const bool counts = clr_verdict_of(original.standing.reasons) == CLR_VERDICT_ACCEPTED;
    CLR_TRY(clr_why_say(account, "original", counts, "%s%.0s, now %s%.0s", "%.0s%s，现为%.0s%s", en, zh, verdict.en, verdict.zh));
    if (account->why->record.original == 0) account->why->record.original = original.id;
    return counts && clr_kind_is_about_original(move->txn.kind) ? say_left(account, &original) : CLR_OK;
}

/** What the reader of its format put down beside it. A note of the moves CSV is a person's, and may say anything. */
static enum clr_status say_note(struct clr_account *account, const struct clr_move *move)
{
    char note[256];
    if (clr_format_is_by_sender(account->file.format) || move->note[0] == '\0') return CLR_OK;
    clr_show_text(clr_bytes_text(move->note), note, sizeof note);
    return clr_why_say(account, "note", true, "%s", "%s", note);
}

/** Its part of the window is the difference between two states of the original: what it owed before, and what it owes after. */
static enum clr_status say_booked(struct clr_account *account, const struct clr_move *move)
{
    const struct clr_term kind = clr_kind_term(move->txn.kind);
    char amount[CLR_YUAN_TEXT_SIZE], window[CLR_DAY_TEXT_SIZE];
    clr_yuan_text(move->txn.amount_fen, amount);
    clr_day_text(account->verdict.event != 0 && account->verdict.window != CLR_DAY_NONE ? account->verdict.window : move->txn.window,
                 window);
    if (move->txn.kind == CLR_KIND_ADJUST)
        return clr_why_say(account, "obligation", true, "%s yuan are %s%.0s what the payer of the original owes, window %s; no fee",
                           "金额 %s 元：%.0s%s原付款方应付额，窗口 %s；不计费", amount, move->negative ? "taken from" : "added to",
                           move->negative ? "减少" : "增加", window);
    return clr_why_say(
        account, "obligation", true,
        "%s%.0s: the payee of the original pays %s yuan back, window %s; its fee goes back by the original's row of fees.csv",
        "%.0s%s：原收款方退还 %s 元，窗口 %s；手续费按原交易的费率行退还或保留", kind.en, kind.zh, amount, window);
}

static enum clr_status say_reasons(struct clr_account *account)
{
    for (unsigned bit = 0; bit < CLR_REASON_COUNT; bit++) {
        const struct clr_term term = clr_reason_term(bit);
        if (account->verdict.first.reasons >> bit & 1)
            CLR_TRY(clr_why_say(account, term.name, false, "%s%.0s", "%.0s%s", term.en, term.zh));
    }
    return CLR_OK;
}

enum clr_status clr_why_move(struct clr_account *account, struct clr_fault *fault)
{
    struct clr_move move;
    char window[CLR_DAY_TEXT_SIZE], en[CLR_WHY_WHICH_SIZE], zh[CLR_WHY_WHICH_SIZE];

    CLR_TRY(say_reasons(account));
    const bool own = account->txn.kind == CLR_KIND_PURCHASE || account->txn.kind == CLR_KIND_LOAD;
    const bool readable = !clr_account_has(account, CLR_REASON_MASK(MALFORMED) | CLR_REASON_MASK(UNKNOWN_TYPE) | CLR_REASON_MASK(BAD_DATE));
    if (!clr_format_is_by_sender(account->file.format) && own && readable && account->has_txn) {
        CLR_TRY(clr_why_parties(account));
        if (account->txn.flags & CLR_FLAG_HAS_TAC) CLR_TRY(clr_why_tac(account));
    }
    if (account->verdict.first.link != 0) {
        CLR_TRY(clr_why_which(account, account->verdict.first.link, en, zh, fault));
        CLR_TRY(clr_why_say(account, "link", true, "see %s%.0s", "参见 %.0s%s", en, zh));
    }
    const enum clr_status found = clr_move_get(account->tx, account->verdict.id, &move, fault);
    if (found == CLR_NOT_FOUND) return CLR_OK;
    CLR_TRY(found);
    enum clr_status status = say_note(account, &move);
    if (status == CLR_OK) status = clr_why_split(account, &move, fault);
    if (status == CLR_OK) status = clr_why_package(account, &move, fault);
    if (status == CLR_OK && move.orig_id[0] != '\0' && move.txn.kind != CLR_KIND_REPLY) status = say_original(account, &move, fault);
    if (status == CLR_OK && move.txn.window != CLR_DAY_NONE && clr_verdict_of(account->verdict.first.reasons) == CLR_VERDICT_ACCEPTED)
        status = clr_why_say(account, "window", true, "first open window of the stamp: %s", "接收时间之后首个未关闭的窗口：%s",
                             clr_day_text(move.txn.window, window));
    if (status == CLR_OK && account->verdict.event == 0 && clr_kind_is_about_original(move.txn.kind) &&
        clr_verdict_of(account->verdict.reasons) == CLR_VERDICT_ACCEPTED)
        status = say_booked(account, &move);
    clr_move_free(&move);
    return status;
}
