#include "ingest/check.h"

#include <stdlib.h>

#include "base/card_pack.h"
#include "ingest/stages.h"

enum clr_status clr_checker_init(struct clr_checker *checker, const struct clr_rules *rules, const struct clr_closed_windows *closed, const uint8_t *store_key)
{
    memset(checker, 0, sizeof *checker);
    checker->rules = rules;
    checker->closed = closed;
    checker->issuers = calloc((size_t)2 << CLR_MEMO_BITS, sizeof *checker->issuers);
    if (checker->issuers == NULL) return CLR_FULL;
    checker->acquirers = checker->issuers + (1 << CLR_MEMO_BITS);
    CLR_TRY(clr_tokenizer_create(store_key, &checker->tokenizer));
    checker->seed = clr_tokenizer_seed(checker->tokenizer);
    checker->unknown.seed = checker->seed;              /* senders choose the texts: they must not choose their slots */
    checker->day_start_s = -CLR_ZONE_OFFSET_S;          /* day 0 */
    return CLR_OK;
}

void clr_checker_free(struct clr_checker *checker)
{
    if (checker->tokenizer != NULL) clr_tokenizer_destroy(checker->tokenizer);
    clr_tac_check_destroy(checker->tac);
    clr_parties_free(&checker->unknown);
    if (checker->issuers != NULL) explicit_bzero(checker->issuers, ((size_t)2 << CLR_MEMO_BITS) * sizeof *checker->issuers);   /* card prefixes */
    free(checker->issuers);
    memset(checker, 0, sizeof *checker);
}

/* ---- what is the same for all the records of a call ---- */

struct common {
    const struct clr_job *job;
    const struct clr_codec *codec;
    const struct clr_rules *rules;
    struct clr_memo_prefix prefix;                    /* longest card prefix of the format */
    clr_day stamp_day, receipt_window;
    int counter_offset;
    uint64_t tac_unverified;                          /* reason or note of a TAC that nobody has looked at yet */
    uint32_t file, block;
};

/** What a product allows, as of the file's stamp. */
struct limits {
    unsigned product;
    int late_days;
    int64_t latest_s;                                 /* a trade after it is none yet */
    int64_t earliest_day;                             /* of receipt senders: a trade before it is too late */
    clr_fen amount_max_fen;
};

static struct limits limits_of(const struct common *common, unsigned product)
{
    const struct clr_product_rules *const rules = &common->rules->product[product];
    const int64_t stamp = common->job->stamp;
    return (struct limits){
        .product = product,
        .late_days = rules->late_days,
        .latest_s = stamp != CLR_TIME_NONE ? stamp + rules->future_s : INT64_MAX,
        .earliest_day = common->stamp_day != CLR_DAY_NONE ? (int64_t)common->stamp_day - rules->late_days : INT64_MIN,
        .amount_max_fen = rules->amount_max_fen,
    };
}

static struct common common_of(const struct clr_checker *checker, const struct clr_job *job, uint32_t file, uint32_t block)
{
    return (struct common){
        .job = job,
        .codec = job->codec,
        .rules = checker->rules,
        .prefix = clr_memo_prefix_of(clr_rules_card_prefix_max(checker->rules, job->codec->product, job->codec->format)),
        .stamp_day = job->stamp != CLR_TIME_NONE ? clr_day_of_time(job->stamp) : CLR_DAY_NONE,
        .receipt_window = job->receipt_window,
        .counter_offset = job->sender->counter_offset,
        .tac_unverified = job->sender->tac_unverified_waits && !clr_format_is_evidence(job->codec->format) ? CLR_REASON_MASK(TAC_UNVERIFIED) : CLR_NOTE_MASK_TAC_UNVERIFIED,
        .file = file,
        .block = block,
    };
}

/* ---- cards ---- */

/** The cards of the records of a call. Usual: digits alone (base/card_pack.h), so that no blank needs to be looked for. */
struct cards {
    struct clr_token token[CLR_CHECK_BATCH];
    bool usual[CLR_CHECK_BATCH];
    bool listed[CLR_CHECK_BATCH];                     /* the stop list needs asking */
};

static void take_cards(const struct clr_checker *checker, const struct clr_raw *raw, size_t count, struct cards *cards)
{
    uint16_t bare[CLR_CHECK_BATCH];
    size_t bare_count = 0;

    for (size_t i = 0; i < count; i++) {
        cards->usual[i] = clr_card_pack(raw[i].card, cards->token[i].byte);
        if (!cards->usual[i] && !clr_card_block(checker->tokenizer, raw[i].card, cards->token[i].byte)) bare[bare_count++] = (uint16_t)i;
    }
    clr_tokens_of_blocks(checker->tokenizer, cards->token, count);
    /* No card at all stays recognisable: the zero token, not the encryption of the zero block. */
    for (size_t i = 0; i < bare_count; i++) memset(&cards->token[bare[i]], 0, sizeof cards->token[0]);
    clr_rules_cards_listed(checker->rules, cards->token, count, cards->listed);
}

/* ---- parties ---- */

static struct clr_party_source source_of(const struct common *common, const struct clr_raw *raw, clr_day day)
{
    return (struct clr_party_source){ common->codec->product, common->codec->format, common->codec->unit_field, clr_bytes_trim(raw->card),
                                      clr_bytes_trim(raw->unit), clr_bytes_trim(raw->city_card), clr_bytes_trim(raw->city_trade), day, NULL };
}

/*
 * The texts of a question have the blanks around them that were read: that makes more questions than there could be, and no wrong answers.
 * Of a card number the front alone is asked with, so that blanks must not be counted.
 */

/** An issuer that the short way in the loop does not give. */
static __attribute__((noinline)) clr_party find_issuer(struct clr_checker *checker, const struct common *common, const struct clr_raw *raw, clr_day day,
                                                     uint64_t *reasons)
{
    struct clr_party_question question;
    const bool asked = clr_memo_ask_issuer(&question, common->codec->format, &common->prefix, clr_bytes_trim(raw->card), raw->city_card, day);
    const clr_party party = asked ? clr_memo_recall(checker->issuers, &question) : CLR_PARTY_NONE;
    if (party != CLR_PARTY_NONE) return party;
    const struct clr_party_source source = source_of(common, raw, day);
    const struct clr_party_found found = clr_checker_issuer(checker, &source, asked ? &question : NULL);
    *reasons |= found.reasons;
    return found.party;
}

static __attribute__((noinline)) clr_party find_acquirer(struct clr_checker *checker, const struct common *common, const struct clr_raw *raw, clr_day day,
                                                     uint64_t *reasons)
{
    struct clr_party_question question;
    const bool asked = clr_memo_ask_acquirer(&question, common->codec->format, raw->unit, raw->city_trade, day);
    const clr_party party = asked ? clr_memo_recall(checker->acquirers, &question) : CLR_PARTY_NONE;
    if (party != CLR_PARTY_NONE) return party;
    const struct clr_party_source source = source_of(common, raw, day);
    const struct clr_party_found found = clr_checker_acquirer(checker, &source, asked ? &question : NULL);
    *reasons |= found.reasons;
    return found.party;
}

/** A bonus purse or a monthly pass is good in its own city only. */
static uint64_t check_purse(const struct common *common, const struct clr_raw *raw, const struct clr_txn *txn)
{
    if (!clr_party_is_known(txn->issuer) || !clr_party_is_known(txn->acquirer)) return 0;
    const struct clr_party_source source = source_of(common, raw, txn->trade_day);
    struct clr_party_result found;
    clr_parties_resolve(common->rules, &source, &found);
    if (found.issuer < 0 || found.acquirer < 0) return 0;
    const bool at_home = strcmp(common->rules->participant[found.issuer].region, common->rules->participant[found.acquirer].region) == 0;
    return at_home ? 0 : CLR_REASON_MASK(WRONG_PURSE);
}

/** Without a form or a date there is nobody to ask for. */
static inline bool is_readable(const struct clr_txn *txn)
{
    return (txn->reasons & (CLR_REASON_MASK(MALFORMED) | CLR_REASON_MASK(BAD_DATE))) == 0;
}

static void set_issuers(struct clr_checker *checker, const struct common *common, const struct clr_raw *raw, size_t count, const struct cards *cards,
                        struct clr_txn *txn)
{
    static const bool none[CLR_CHECK_BATCH] = { false };
    const struct clr_party_memo *const memos = checker->issuers;
    const enum clr_format format = common->codec->format;
    const size_t prefix_size = common->prefix.size;
    const uint64_t mask = common->prefix.mask[0];
    const bool *const usual = prefix_size <= CLR_MEMO_BRIEF_MAX ? cards->usual : none;

    for (size_t i = 0; i < count; i++) {
        const struct clr_bytes card = raw[i].card, city = raw[i].city_card;
        const clr_day day = txn[i].trade_day;
        if (!is_readable(&txn[i])) continue;
        clr_party party = CLR_PARTY_NONE;
        if (usual[i] && city.size <= CLR_MEMO_BRIEF_MAX)
            party = clr_memo_recall_brief(memos, clr_memo_load64(card.data) & mask, clr_memo_front(city),
                                          clr_memo_shape(format, prefix_size, city.size, card.size, day));
        txn[i].issuer = party != CLR_PARTY_NONE ? party : find_issuer(checker, common, &raw[i], day, &txn[i].reasons);
    }
}

static void set_acquirers(struct clr_checker *checker, const struct common *common, const struct clr_raw *raw, size_t count, struct clr_txn *txn)
{
    const struct clr_party_memo *const memos = checker->acquirers;
    const enum clr_format format = common->codec->format;

    for (size_t i = 0; i < count; i++) {
        const struct clr_bytes unit = raw[i].unit, city = raw[i].city_trade;
        const clr_day day = txn[i].trade_day;
        if (!is_readable(&txn[i])) continue;
        clr_party party = CLR_PARTY_NONE;
        if (unit.size <= CLR_MEMO_BRIEF_MAX && city.size <= CLR_MEMO_BRIEF_MAX)
            party = clr_memo_recall_brief(memos, clr_memo_front(unit), clr_memo_front(city), clr_memo_shape(format, unit.size, city.size, 0, day));
        txn[i].acquirer = party != CLR_PARTY_NONE ? party : find_acquirer(checker, common, &raw[i], day, &txn[i].reasons);
    }
}

/* ---- dates and windows ---- */

/** clr_day_of_time(), remembering the day: a file's times run through few of them. */
static inline clr_day day_of(struct clr_checker *checker, int64_t time_s)
{
    if ((uint64_t)time_s - (uint64_t)checker->day_start_s >= CLR_DAY_S) {
        checker->day = clr_day_of_time(time_s);
        checker->day_start_s = (int64_t)checker->day * CLR_DAY_S - CLR_ZONE_OFFSET_S;
    }
    return checker->day;
}

/** Reasons of a record's dates. Sets its time, which is 0 where there is none, and its trade day. */
static inline uint64_t check_dates(struct clr_checker *checker, const struct common *common, const struct limits *limits, const struct clr_raw *raw,
                                   struct clr_txn *txn)
{
    txn->traded_at_s = 0;
    txn->trade_day = 0;
    if (raw->traded_at_s == CLR_TIME_NONE) return raw->reasons & CLR_REASON_MASK(MALFORMED) ? 0 : CLR_REASON_MASK(BAD_DATE);
    const clr_day trade_day = day_of(checker, raw->traded_at_s);
    txn->traded_at_s = raw->traded_at_s;
    txn->trade_day = trade_day;
    uint64_t reasons = raw->traded_at_s > limits->latest_s ? CLR_REASON_MASK(BAD_DATE) : 0;
    if (common->receipt_window != CLR_DAY_NONE) return trade_day < limits->earliest_day ? reasons | CLR_REASON_MASK(TOO_LATE) : reasons;
    if (raw->declared_day == CLR_DAY_NONE || raw->declared_day < trade_day) return reasons | CLR_REASON_MASK(BAD_DATE);
    return raw->declared_day - trade_day > limits->late_days ? reasons | CLR_REASON_MASK(TOO_LATE) : reasons;
}

static inline clr_day window_of(const struct clr_checker *checker, const struct common *common, const struct clr_raw *raw)
{
    if (common->receipt_window != CLR_DAY_NONE) return common->receipt_window;
    return raw->declared_day == CLR_DAY_NONE ? CLR_DAY_NONE : clr_window_first_open(&checker->closed[raw->product], raw->declared_day);
}

/* ---- one record ---- */

static inline uint32_t normal_counter(const struct common *common, uint32_t counter)
{
    const uint32_t offset = (uint32_t)common->counter_offset;
    if (offset == 0) return counter;
    if (common->codec->format == CLR_FORMAT_YZ316 || common->codec->format == CLR_FORMAT_TRADE_CSV) return (counter + offset) & 0xFFFF;
    return (counter + 1000000u + offset) % 1000000u;
}

/** What was read, before anything is asked of it: with check_dates() and what check_own() does, every field is set. */
static inline void take_over(const struct common *common, const struct clr_raw *raw, struct clr_txn *txn)
{
    const unsigned flags = raw->flags;
    txn->sam = raw->sam;
    txn->sam_serial = raw->sam_serial;
    txn->amount_fen = raw->amount_fen;
    txn->price_fen = flags & CLR_FLAG_HAS_PRICE ? raw->price_fen : raw->amount_fen;
    txn->balance_fen = flags & CLR_FLAG_HAS_BALANCE ? raw->balance_fen : 0;
    txn->counter = normal_counter(common, raw->counter);
    txn->tac = flags & CLR_FLAG_HAS_TAC ? raw->tac : 0;           /* a "no TAC" constant is no value */
    txn->issuer = txn->acquirer = CLR_PARTY_NONE;
    txn->file = common->file;
    txn->block = common->block;
    txn->product = raw->product;
    txn->kind = raw->kind;
    txn->service = raw->service;
    txn->type = raw->type;
    txn->flags = raw->flags;
    txn->detail = raw->detail;
    txn->link = 0;
}

/** Everything about a record but its parties and its place. */
static inline void check_own(struct clr_checker *checker, const struct common *common, const struct limits *limits, const struct clr_raw *raw, bool listed,
                             struct clr_txn *txn)
{
    uint64_t reasons = raw->reasons | check_dates(checker, common, limits, raw, txn);
    txn->window = window_of(checker, common, raw);
    /* Every check that applies is recorded, beside a test mark or an unknown type, too; without a time there is nothing to ask. */
    if ((reasons & (CLR_REASON_MASK(MALFORMED) | CLR_REASON_MASK(BAD_DATE))) == 0) {
        if (raw->amount_fen > limits->amount_max_fen) reasons |= CLR_REASON_MASK(AMOUNT_LIMIT);
        if (raw->flags & CLR_FLAG_HAS_TAC) reasons |= common->tac_unverified;
        if (listed && clr_rules_card_stopped(common->rules, &txn->card, txn->traded_at_s)) reasons |= CLR_REASON_MASK(CARD_STATUS);
    }
    txn->reasons = reasons;
}

static void check_purses(const struct common *common, const struct clr_raw *raw, size_t count, struct clr_txn *txn)
{
    for (size_t i = 0; i < count; i++)
        if (txn[i].flags & (CLR_FLAG_BONUS | CLR_FLAG_MONTHLY) && is_readable(&txn[i])) txn[i].reasons |= check_purse(common, &raw[i], &txn[i]);
}

void clr_check_records(struct clr_checker *checker, const struct clr_job *job, const struct clr_raw *raw, size_t count,
                       uint32_t file, uint32_t block, uint32_t index, struct clr_txn *out)
{
    CLR_ASSERT(count <= CLR_CHECK_BATCH);
    const struct common common = common_of(checker, job, file, block);
    struct limits limits = limits_of(&common, job->codec->product);
    struct cards cards;
    unsigned flags = 0;

    take_cards(checker, raw, count, &cards);
    for (size_t i = 0; i < count; i++) {
        if (raw[i].product != limits.product) limits = limits_of(&common, raw[i].product);
        out[i].card = cards.token[i];
        out[i].index = index + (uint32_t)i;
        take_over(&common, &raw[i], &out[i]);
        check_own(checker, &common, &limits, &raw[i], cards.listed[i], &out[i]);
        flags |= raw[i].flags;
    }
    /* One question at a time, for all of them: what a loop needs then stays in registers. */
    if (!clr_format_is_evidence(job->codec->format)) {
        set_issuers(checker, &common, raw, count, &cards, out);
        set_acquirers(checker, &common, raw, count, out);
    }
    if (flags & (CLR_FLAG_BONUS | CLR_FLAG_MONTHLY)) check_purses(&common, raw, count, out);
    clr_placement_hash_all(checker->seed, out, count);
    if (checker->tac == NULL) return;
    if (checker->lap != NULL) clr_lap_end(checker->lap, CLR_STAGE_CHECK);
    const enum clr_status tac = clr_tac_check_records(checker->tac, raw, out, count);
    if (checker->lap != NULL) clr_lap_end(checker->lap, CLR_STAGE_TAC);
    if (tac != CLR_OK) checker->status = tac;
}
