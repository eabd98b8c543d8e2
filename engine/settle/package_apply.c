/* One record of a package, when a reply speaks of it: an event, or nothing where the record is not what the reply takes it for. */
#include <stdio.h>
#include <stdlib.h>

#include "settle/package.h"

#define WAITS_FOR_CYCLE (CLR_REASON_MASK(AWAITING_ACCOUNT) | CLR_REASON_MASK(DISPUTED))

/* As the interface numbers them: etc.md 1.4. */
#define DISPUTE_LIST(X)                                                   \
    X(1, "verification failed", "验证未通过")                               \
    X(2, "duplicate", "重复的交易信息")                                     \
    X(3, "the user's status changed", "用户状态变化")                        \
    X(4, "invalid transaction type", "无效交易类型")                         \
    X(5, "later than allowed", "逾期")                                     \
    X(6, "a data field is wrong", "交易数据域错")                            \
    X(7, "above the limit", "超过限额")                                     \
    X(8, "card unknown", "卡号不存在")                                      \
    X(9, "card status does not fit", "卡状态不匹配")                         \
    X(10, "card expired", "卡超过有效期")                                   \
    X(11, "not permitted", "不允许的交易")                                  \
    X(12, "card serial does not fit", "卡片序列号不匹配")                     \
    X(13, "test transaction", "测试交易")                                  \
    X(14, "card and account disagree", "卡账不符")                          \
    X(15, "invalid card type", "无效卡类型")                                \
    X(16, "lane clock wrong", "车道时钟错误")                               \
    X(17, "OBU unknown", "OBU未知")                                       \
    X(100, "other", "其他")

const char *clr_dispute_reason_en(unsigned code)
{
    switch (code) {
#define X(number, en, zh) case number: return en;
    DISPUTE_LIST(X)
#undef X
    default: return "";
    }
}

const char *clr_dispute_reason_zh(unsigned code)
{
    switch (code) {
#define X(number, en, zh) case number: return zh;
    DISPUTE_LIST(X)
#undef X
    default: return "";
    }
}

/** "r5-1", and the code of a dispute behind it. */
static void say_by(const struct clr_package_word *word, char *text, size_t size)
{
    char id[CLR_RECORD_ID_TEXT_SIZE];
    clr_record_id_text(word->by, id);
    if (word->said == CLR_SAID_DISPUTED) snprintf(text, size, "%s: %u %s", id, word->code, clr_dispute_reason_en(word->code));
    else snprintf(text, size, "%s", id);
}

/** The result accepts it: it counts, unless something else holds it back. */
static enum clr_status let_count(struct clr_again *again, struct clr_subject *subject, const struct clr_package_word *word, bool *moved, struct clr_fault *fault)
{
    const unsigned cause = word->said == CLR_SAID_ACCEPTED ? CLR_CAUSE_ACCOUNTED : CLR_CAUSE_PASSED;
    uint64_t left = subject->standing.reasons & CLR_REASONS_ALL & ~WAITS_FOR_CYCLE, repeats;
    clr_record_id link;
    char text[64];
    say_by(word, text, sizeof text);
    left |= clr_again_parties(again, subject);
    if (left != 0) return clr_again_turn(again, subject, left, subject->standing.link, cause, text, NULL, fault);
    CLR_TRY(clr_again_repeats(again, subject, &repeats, &link, fault));
    if (repeats != 0) return clr_again_turn(again, subject, repeats, link, CLR_CAUSE_REPEATED, text, NULL, fault);
    *moved = true;
    return clr_again_accept(again, subject, NULL, word->window, cause, text, NULL, fault);
}

static enum clr_status hold(struct clr_again *again, struct clr_subject *subject, const struct clr_package_word *word, bool *moved, struct clr_fault *fault)
{
    const bool disputed = word->said == CLR_SAID_DISPUTED;
    const uint64_t left = subject->standing.reasons & CLR_REASONS_ALL & ~WAITS_FOR_CYCLE;
    char text[128];
    say_by(word, text, sizeof text);
    *moved = true;
    return clr_again_turn(again, subject, left | (disputed ? CLR_REASON_MASK(DISPUTED) : CLR_REASON_MASK(BAD_DEBT)), subject->standing.link,
                          disputed ? CLR_CAUSE_DISPUTED : CLR_CAUSE_BAD_DEBT, text, NULL, fault);
}

enum clr_status clr_package_apply(struct clr_again *again, clr_record_id record, const struct clr_package_word *word, bool *moved, struct clr_fault *fault)
{
    const bool account = word->said == CLR_SAID_ACCEPTED || word->said == CLR_SAID_DISPUTED;
    struct clr_subject subject;
    *moved = false;
    enum clr_status status = clr_subject_read(again, record, &subject, fault);
    if (status == CLR_NOT_FOUND) return CLR_OK;              /* rejected for its form, or a duplicate */
    CLR_TRY(status);
    const uint64_t waits = account ? CLR_REASON_MASK(AWAITING_ACCOUNT) : CLR_REASON_MASK(DISPUTED);
    const uint64_t now = subject.standing.reasons;
    if (clr_verdict_of(now) == CLR_VERDICT_PENDING && now & waits) {
        if (word->said == CLR_SAID_ACCEPTED || word->said == CLR_SAID_PASSED) status = let_count(again, &subject, word, moved, fault);
        else status = hold(again, &subject, word, moved, fault);
    }
    clr_subject_free(&subject);
    return status;
}
