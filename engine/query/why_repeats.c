/* why_repeats.c: the record against the others of its identity, and the window it falls into. See explain.h. */
#include <stdio.h>
#include <stdlib.h>

#include "ingest/dedup.h"
#include "query/explain.h"

/* ---- repeats ---- */

/** Rows of the same identity before and after the record. Without its placement hash (no source) it is made from the row. */
static enum clr_status count_others(struct clr_account *account, uint64_t *before, uint64_t *after, struct clr_fault *fault)
{
    struct clr_history *history;
    struct clr_past_list *const past = &account->fields.past;
    struct clr_txn like = account->txn;

    *before = *after = 0;
    like.hash = clr_placement_hash(clr_tokenizer_seed(account->store->tokenizer), &like);
    CLR_TRY(clr_fields_history(&account->fields, &history, fault));
    past->count = 0;
    clr_history_reset(history);
    CLR_TRY(clr_history_by_key(history, &like, like.hash, like.trade_day, past, fault));
    for (size_t i = 0; i < past->count; i++) {
        if (past->item[i].id == account->verdict.id || !clr_same_identity(&past->item[i].txn, &like)) continue;
        if (past->item[i].id < account->verdict.id)
            ++*before;
        else
            ++*after;
    }
    return CLR_OK;
}

static enum clr_status say_linked(struct clr_account *account, struct clr_fault *fault)
{
    const uint64_t reasons = account->verdict.first.reasons;
    char en[CLR_WHY_WHICH_SIZE], zh[CLR_WHY_WHICH_SIZE];

    CLR_TRY(clr_why_which(account, account->verdict.first.link, en, zh, fault));
    if (reasons & CLR_REASON_MASK(DUPLICATE_IN_FILE))
        return clr_why_say(account, "duplicate-in-file", false, "repeats %s%.0s", "与 %.0s%s 重复", en, zh);
    if (reasons & CLR_REASON_MASK(DUPLICATE_IN_HISTORY))
        return clr_why_say(account, "duplicate-in-history", false, "repeats %s%.0s", "与 %.0s%s 重复", en, zh);
    if (reasons & CLR_REASON_MASK(CONFLICT))
        return clr_why_say(account, "conflict", false, "same identity as %s%.0s, other content", "与 %.0s%s 标识相同而内容不同", en, zh);
    if (reasons & CLR_REASON_MASK(COUNTER_CONFLICT))
        return clr_why_say(account, "counter-conflict", false, "same card, counter and day as %s%.0s, other content",
                           "与 %.0s%s 的卡、计数器、日期相同而内容不同", en, zh);
    return clr_why_say(account, "superseded", false, "gray twin of %s%.0s, which counts", "与 %.0s%s 为同一次刷卡，后者已计入", en, zh);
}

static enum clr_status say_gray(struct clr_account *account)
{
    if (!(account->txn.flags & CLR_FLAG_HAS_GRAY)) return CLR_OK;
    if (!(account->txn.flags & CLR_FLAG_GRAY)) return clr_why_say(account, "gray", true, "a normal record", "正常记录");
    if (clr_account_has(account, CLR_REASON_MASK(SUPERSEDED))) return CLR_OK;
    return clr_why_say(account, "gray", !clr_account_has(account, CLR_REASON_MASK(GRAY)),
                       "gray: waits for its normal twin within %d s, or for the card's next record to prove the debit",
                       "灰记录：等待 %d 秒内的正常记录，或由该卡下一条记录证实扣款", account->product->twin_s);
}

enum clr_status clr_why_repeats(struct clr_account *account, struct clr_fault *fault)
{
    const uint64_t linked = CLR_REASON_MASK(DUPLICATE_IN_FILE) | CLR_REASON_MASK(DUPLICATE_IN_HISTORY) | CLR_REASON_MASK(CONFLICT) |
                            CLR_REASON_MASK(COUNTER_CONFLICT);
    uint64_t before, after;

    if (account->verdict.first.link != 0) CLR_TRY(say_linked(account, fault));
    if (!account->has_txn) return CLR_OK;
    if (!clr_txn_has_identity(&account->txn) || !clr_txn_has_identity(&(struct clr_txn){ .reasons = account->verdict.first.reasons }))
        return clr_why_say(account, "identity", true, "not compared with other records: what fails its form has no identity",
                           "未与其他记录比对：格式不合格的记录没有标识");
    if (!clr_account_has(account, linked)) {
        CLR_TRY(count_others(account, &before, &after, fault));
        if (before + after == 0)
            CLR_TRY(clr_why_say(account, "duplicate", true, "no other record with this identity", "没有其他相同标识的记录"));
        else
            CLR_TRY(clr_why_say(
                account, "duplicate", true, "other records with this identity: %llu before it that do not stand against it, %llu after it",
                "相同标识的其他记录：之前 %llu 条（不构成重复），之后 %llu 条", (unsigned long long)before, (unsigned long long)after));
    }
    if (account->verdict.first.reasons & CLR_NOTE_MASK_SEEN_BEFORE)
        CLR_TRY(clr_why_say(account, "seen-before", true, "a record of this identity was rejected before; this one is judged anew (remark)",
                            "相同标识的记录曾被拒绝；本条重新判定（附注）"));
    return say_gray(account);
}

/* ---- window ---- */

enum clr_status clr_why_window(struct clr_account *account, struct clr_fault *fault)
{
    const enum clr_verdict verdict = clr_verdict_of(account->verdict.reasons);
    char first[CLR_DAY_TEXT_SIZE], last[CLR_DAY_TEXT_SIZE], stamp[CLR_TIME_TEXT_SIZE];
    clr_day w0, window;

    if (!account->has_txn || verdict == CLR_VERDICT_DUPLICATE || verdict == CLR_VERDICT_REJECTED) return CLR_OK;
    const bool receipt = account->file.window_rule == CLR_WINDOW_RECEIPT;
    w0 = account->has_source ? account->txn.window : CLR_DAY_NONE;
    if (receipt) w0 = clr_rules_receipt_window(account->rules, (enum clr_product)account->txn.product, account->file.stamp);
    if (account->has_row)
        window = account->row.txn.window;
    else
        CLR_TRY(clr_fields_window(&account->fields, &account->verdict, &account->txn, &window, fault));
    if (w0 == CLR_DAY_NONE) w0 = window;
    clr_day_text(w0, first);
    clr_day_text(window, last);
    if (receipt)
        CLR_TRY(clr_why_say(account, "window", true, "received %s, cut-off %02d:%02d: first window %s",
                            "接收时间 %s，日切 %02d:%02d：首个窗口 %s", clr_time_text(account->file.stamp, stamp),
                            account->product->cut_off_s / 3600, account->product->cut_off_s / 60 % 60, first));
    else
        CLR_TRY(clr_why_say(account, "window", true, "settlement day stated by the record: first window %s",
                            "记录载明的结算日：首个窗口 %s", first));
    if (window != CLR_DAY_NONE && window > w0)
        CLR_TRY(clr_why_say(account, "window", true, "%d closed windows skipped: it falls into %s", "跳过 %d 个已关闭的窗口：归入 %s",
                            window - w0, last));
    if (account->verdict.event == 0 || account->verdict.window == CLR_DAY_NONE) return CLR_OK;
    return clr_why_say(account, "window", true, "event %llu made it count in window %s", "事件 %llu 使其计入窗口 %s",
                       (unsigned long long)account->verdict.event, clr_day_text(account->verdict.window, last));
}
