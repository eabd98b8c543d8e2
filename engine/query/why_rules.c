/* why_rules.c: what a record is checked for on its own: form, dates, stop list, consistency, amount, purse. See explain.h. */
#include <stdio.h>

#include "query/explain.h"

#define SAY(...) CLR_TRY(clr_why_say(account, __VA_ARGS__))

/* ---- form ---- */

static enum clr_status say_malformed(struct clr_account *account)
{
    const unsigned field = account->verdict.first.detail >> 8, rule = account->verdict.first.detail & 0xFF;
    const struct clr_codec *const codec = clr_codec_by_format(account->fields.codecs, (enum clr_format)account->file.format);
    const bool named = codec != NULL && field >= 1 && field <= codec->field_count;

    if (field == 0)
        return clr_why_say(account, "form", false, "the record as a whole: %s%.0s", "整条记录：%.0s%s", clr_rule_en(rule),
                           clr_rule_zh(rule));
    return clr_why_say(account, "form", false, "field %u (%s%.0s): %s%.0s", "字段 %u（%.0s%s）：%.0s%s", field,
                       named ? codec->fields[field - 1].name : "?", named ? codec->fields[field - 1].zh : "?", clr_rule_en(rule),
                       clr_rule_zh(rule));
}

enum clr_status clr_why_form(struct clr_account *account)
{
    const unsigned type = account->txn.type;

    if (!account->has_source && !account->has_txn)
        SAY("source", true, "the source was not archived, and no row is kept of such a record: only its verdict is known",
            "原文件未归档，此类记录也不留存明细，仅知其判定结果");
    else if (!account->has_source)
        SAY("source", true, "the source was not archived: the values are those of the stored row", "原文件未归档：以下数值取自存储的明细");
    if (clr_account_has(account, CLR_REASON_MASK(MALFORMED))) return say_malformed(account);
    if (account->has_txn || !clr_account_has(account, CLR_REASON_MASK(TEST_RECORD) | CLR_REASON_MASK(UNKNOWN_TYPE)))
        SAY("form", true, "every field can be read", "各字段均可读取");
    if (clr_account_has(account, CLR_REASON_MASK(TEST_RECORD)))
        SAY("test-record", false, "the record is marked as a test", "记录带有测试标志");
    if (clr_account_has(account, CLR_REASON_MASK(UNKNOWN_TYPE)))
        SAY("unknown-type", false, "transaction type %u is not one that is cleared", "交易类型 %u 不在清算范围内", type);
    return CLR_OK;
}

/* ---- dates ---- */

/** "YYYY-MM-DD" of the settlement day that the record states, "-" when it states none. */
static const char *declared_text(const struct clr_account *account, char text[CLR_DAY_TEXT_SIZE])
{
    const clr_day day = account->has_source ? account->source.raw->declared_day : CLR_DAY_NONE;
    if (day == CLR_DAY_NONE) return "-";
    return clr_day_text(day, text);
}

enum clr_status clr_why_dates(struct clr_account *account)
{
    const bool declared = account->file.window_rule == CLR_WINDOW_DECLARED;
    const bool bad = clr_account_has(account, CLR_REASON_MASK(BAD_DATE)), late = clr_account_has(account, CLR_REASON_MASK(TOO_LATE));
    const struct clr_product_rules *const product = account->product;
    char traded[CLR_TIME_TEXT_SIZE], stamp[CLR_TIME_TEXT_SIZE], day[CLR_DAY_TEXT_SIZE];

    if (!account->has_txn) {
        if (bad) SAY("bad-date", false, "the date is impossible, or lies in the future", "日期不存在，或晚于接收时间");
        if (late) SAY("too-late", false, "more than %d days late", "迟到超过 %d 天", product->late_days);
        return CLR_OK;
    }
    if (account->txn.traded_at_s == CLR_TIME_NONE) {
        if (bad) SAY("bad-date", false, "the trade has no date that exists", "交易日期不存在");
        return CLR_OK;
    }
    clr_time_text(account->txn.traded_at_s, traded);
    clr_time_text(account->file.stamp, stamp);
    if (declared && account->file.stamp == CLR_TIME_NONE)
        SAY("bad-date", !bad, "traded %s; settlement day stated %s, not before the trade's day",
            "交易时间 %s；记录载明结算日 %s，不得早于交易日", traded, declared_text(account, day));
    else
        SAY("bad-date", !bad, "traded %s; received %s, at most %d s earlier than the trade; settlement day stated %s",
            "交易时间 %s；接收时间 %s，交易最多晚于接收 %d 秒；载明结算日 %s", traded, stamp, product->future_s, declared_text(account, day));
    if (bad && !late) return CLR_OK;
    const clr_day judged = declared && account->has_source        ? account->source.raw->declared_day
                           : account->file.stamp != CLR_TIME_NONE ? clr_day_of_time(account->file.stamp)
                                                                  : CLR_DAY_NONE;
    if (judged == CLR_DAY_NONE) return CLR_OK;
    return clr_why_say(account, "too-late", !late, "%d days from the trade to %s; the limit is %d",
                       "交易日至 %2$s 相隔 %1$d 天；期限 %3$d 天", judged - account->txn.trade_day, clr_day_text(judged, day),
                       product->late_days);
}

/* ---- limits ---- */

static enum clr_status say_consistency(struct clr_account *account)
{
    const uint64_t own = CLR_REASON_MASK(ARITHMETIC) | CLR_REASON_MASK(FIELD_MISMATCH) | CLR_REASON_MASK(SIGN) |
                         CLR_REASON_MASK(CARD_EXPIRED) | CLR_REASON_MASK(TRADE_FAILED);
    for (unsigned bit = 0; bit < CLR_REASON_COUNT; bit++) {
        const struct clr_term term = clr_reason_term(bit);
        if (account->verdict.first.reasons & own & UINT64_C(1) << bit) SAY(term.name, false, "%s%.0s", "%.0s%s", term.en, term.zh);
    }
    if (clr_account_has(account, own)) return CLR_OK;
    return clr_why_say(account, "consistency", true, "amounts, balances, signs and doubled fields of the record agree",
                       "记录内金额、余额、符号及重复字段一致");
}

static enum clr_status say_status(struct clr_account *account)
{
    const bool failed = clr_account_has(account, CLR_REASON_MASK(CARD_STATUS));
    const bool stopped = clr_rules_card_stopped(account->rules, &account->txn.card, account->txn.traded_at_s);
    if (failed && !stopped)
        return clr_why_say(account, "card-status", false, "the record itself says that the card was blocked", "记录自身标明该卡已停用");
    if (failed)
        return clr_why_say(account, "card-status", false, "the card was on the stop list at trade time (rules version %u)",
                           "交易时该卡在停用名单上（规则版本 %u）", account->rules->version);
    return clr_why_say(account, "card-status", true, "the card was not on the stop list at trade time (rules version %u)",
                       "交易时该卡不在停用名单上（规则版本 %u）", account->rules->version);
}

static enum clr_status say_amount(struct clr_account *account)
{
    char amount[CLR_YUAN_TEXT_SIZE], limit[CLR_YUAN_TEXT_SIZE];
    const clr_fen max = account->product->amount_max_fen;
    clr_yuan_text(account->txn.amount_fen, amount);
    if (max == INT64_MAX)
        return clr_why_say(account, "amount-limit", true, "amount %s yuan; the product has no limit", "金额 %s 元；该产品无上限", amount);
    return clr_why_say(account, "amount-limit", !clr_account_has(account, CLR_REASON_MASK(AMOUNT_LIMIT)), "amount %s yuan; the limit is %s",
                       "金额 %s 元；上限 %s 元", amount, clr_yuan_text(max, limit));
}

static enum clr_status say_purse(struct clr_account *account)
{
    const bool special = (account->txn.flags & (CLR_FLAG_BONUS | CLR_FLAG_MONTHLY)) != 0;
    if (!special) return CLR_OK;
    const bool wrong = clr_account_has(account, CLR_REASON_MASK(WRONG_PURSE));
    return clr_why_say(account, "wrong-purse", !wrong, "bonus purse or pass; good only where issuer and acquirer are of one region%.0s%s",
                       "优惠钱包或月票，仅限发卡方与收单方同一地区使用%s%.0s", wrong ? "：此处跨地区" : "",
                       wrong ? ": here they are not" : "");
}

enum clr_status clr_why_limits(struct clr_account *account)
{
    CLR_TRY(say_status(account));
    CLR_TRY(say_consistency(account));
    CLR_TRY(say_amount(account));
    CLR_TRY(say_purse(account));
    return clr_why_tac(account);
}
