#include "ingest/check.h"

#include <stdlib.h>

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

/* ---- parties ---- */

/** A bonus purse or a monthly pass is good in its own city only. */
static void check_purse(const struct clr_checker *checker, struct clr_txn *txn, const struct clr_party_source *source)
{
    if (!(txn->flags & (CLR_FLAG_BONUS | CLR_FLAG_MONTHLY))) return;
    if (!clr_party_is_known(txn->issuer) || !clr_party_is_known(txn->acquirer)) return;
    struct clr_party_result found;
    clr_parties_resolve(checker->rules, source, &found);
    if (found.issuer < 0 || found.acquirer < 0) return;
    if (strcmp(checker->rules->participant[found.issuer].region, checker->rules->participant[found.acquirer].region) != 0)
        txn->reasons |= CLR_REASON_MASK(WRONG_PURSE);
}

/* ---- dates and windows ---- */

/** clr_day_of_time(), remembering the day: a file's times run through few of them. */
static clr_day day_of(struct clr_checker *checker, int64_t time_s)
{
    if ((uint64_t)time_s - (uint64_t)checker->day_start_s >= CLR_DAY_S) {
        checker->day = clr_day_of_time(time_s);
        checker->day_start_s = (int64_t)checker->day * CLR_DAY_S - CLR_ZONE_OFFSET_S;
    }
    return checker->day;
}

static void check_dates(struct clr_checker *checker, const struct clr_job *job, const struct clr_raw *raw, struct clr_txn *txn)
{
    const struct clr_product_rules *const product = &checker->rules->product[txn->product];
    const bool declared = job->receipt_window == CLR_DAY_NONE;

    if (raw->traded_at_s == CLR_TIME_NONE) {
        if (!(txn->reasons & CLR_REASON_MASK(MALFORMED))) txn->reasons |= CLR_REASON_MASK(BAD_DATE);
        return;
    }
    txn->trade_day = day_of(checker, raw->traded_at_s);
    if (job->stamp != CLR_TIME_NONE && raw->traded_at_s > job->stamp + product->future_s) txn->reasons |= CLR_REASON_MASK(BAD_DATE);
    clr_day judged = checker->stamp_day;
    if (declared) {
        if (raw->declared_day == CLR_DAY_NONE || raw->declared_day < txn->trade_day) {
            txn->reasons |= CLR_REASON_MASK(BAD_DATE);
            return;
        }
        judged = raw->declared_day;
    }
    if (judged != CLR_DAY_NONE && judged - txn->trade_day > product->late_days) txn->reasons |= CLR_REASON_MASK(TOO_LATE);
}

static clr_day window_of(const struct clr_checker *checker, const struct clr_job *job, const struct clr_raw *raw)
{
    if (job->receipt_window != CLR_DAY_NONE) return job->receipt_window;
    return raw->declared_day == CLR_DAY_NONE ? CLR_DAY_NONE : clr_window_first_open(&checker->closed[raw->product], raw->declared_day);
}

/* ---- one record ---- */

static uint32_t normal_counter(const struct clr_job *job, uint32_t counter)
{
    const int offset = job->sender->counter_offset;
    if (offset == 0) return counter;
    if (job->codec->format == CLR_FORMAT_YZ316 || job->codec->format == CLR_FORMAT_TRADE_CSV) return (counter + (uint32_t)offset) & 0xFFFF;
    return (counter + 1000000u + (uint32_t)offset) % 1000000u;
}

static void check_one(struct clr_checker *checker, const struct clr_job *job, const struct clr_raw *raw, struct clr_txn *txn)
{
    const struct clr_codec *const codec = job->codec;

    check_dates(checker, job, raw, txn);
    txn->window = window_of(checker, job, raw);
    if (txn->reasons & (CLR_REASON_MASK(MALFORMED) | CLR_REASON_MASK(BAD_DATE))) return;

    const struct clr_party_source source = { codec->product, codec->format, codec->unit_field, clr_bytes_trim(raw->card), clr_bytes_trim(raw->unit),
                                             clr_bytes_trim(raw->city_card), clr_bytes_trim(raw->city_trade), txn->trade_day };
    clr_checker_issuer(checker, codec, &source, txn);
    clr_checker_acquirer(checker, codec, &source, txn);
    check_purse(checker, txn, &source);
    if (raw->amount_fen > checker->rules->product[txn->product].amount_max_fen) txn->reasons |= CLR_REASON_MASK(AMOUNT_LIMIT);
    if (raw->flags & CLR_FLAG_HAS_TAC) {
        if (job->sender->tac_unverified_waits) txn->reasons |= CLR_REASON_MASK(TAC_UNVERIFIED);
        else txn->reasons |= CLR_NOTE_MASK_TAC_UNVERIFIED;
    }
}

/** What was read, before anything is asked of it. */
static void take_over(const struct clr_job *job, const struct clr_raw *raw, struct clr_txn *txn)
{
    *txn = (struct clr_txn){
        .sam = raw->sam,
        .sam_serial = raw->sam_serial,
        .amount_fen = raw->amount_fen,
        .price_fen = raw->flags & CLR_FLAG_HAS_PRICE ? raw->price_fen : raw->amount_fen,
        .reasons = raw->reasons,
        .traded_at_s = raw->traded_at_s == CLR_TIME_NONE ? 0 : raw->traded_at_s,
        .balance_fen = raw->flags & CLR_FLAG_HAS_BALANCE ? raw->balance_fen : 0,
        .counter = normal_counter(job, raw->counter),
        .tac = raw->flags & CLR_FLAG_HAS_TAC ? raw->tac : 0,      /* a "no TAC" constant is no value */
        .product = raw->product,
        .kind = raw->kind,
        .service = raw->service,
        .type = raw->type,
        .flags = raw->flags,
        .detail = raw->detail,
    };
}

/** What needs the token: stop list and placement. A record without identity is spread by its position. */
static void place_one(struct clr_checker *checker, struct clr_txn *txn)
{
    /* Every check that applies is recorded, beside a test mark or an unknown type, too; without a time there is nothing to ask. */
    const bool readable = (txn->reasons & (CLR_REASON_MASK(MALFORMED) | CLR_REASON_MASK(BAD_DATE))) == 0;
    if (readable && clr_rules_card_stopped(checker->rules, &txn->card, txn->traded_at_s)) txn->reasons |= CLR_REASON_MASK(CARD_STATUS);
    txn->hash = clr_txn_has_identity(txn) ? clr_placement_hash(checker->seed, txn) : clr_placement_hash_nowhere(checker->seed, txn);
}

void clr_check_records(struct clr_checker *checker, const struct clr_job *job, const struct clr_raw *raw, size_t count,
                       uint32_t file, uint32_t block, uint32_t index, struct clr_txn *out)
{
    static const struct clr_token none = { { 0 } };
    struct clr_token cards[CLR_CHECK_BATCH];
    bool has_card[CLR_CHECK_BATCH];

    CLR_ASSERT(count <= CLR_CHECK_BATCH);
    for (size_t i = 0; i < count; i++) has_card[i] = clr_card_block(checker->tokenizer, raw[i].card, cards[i].byte);
    clr_tokens_of_blocks(checker->tokenizer, cards, count);
    checker->stamp_day = job->stamp != CLR_TIME_NONE ? clr_day_of_time(job->stamp) : CLR_DAY_NONE;
    checker->prefix_size = clr_rules_card_prefix_max(checker->rules, job->codec->product, job->codec->format);
    for (size_t i = 0; i < count; i++) {
        take_over(job, &raw[i], &out[i]);
        /* No card at all stays recognisable: the zero token, not the encryption of the zero block. */
        out[i].card = has_card[i] ? cards[i] : none;
        out[i].file = file;
        out[i].block = block;
        out[i].index = index + (uint32_t)i;
        check_one(checker, job, &raw[i], &out[i]);
        place_one(checker, &out[i]);
    }
    if (checker->tac == NULL) return;
    if (checker->lap != NULL) clr_lap_end(checker->lap, CLR_STAGE_CHECK);
    const enum clr_status tac = clr_tac_check_records(checker->tac, raw, out, count);
    if (checker->lap != NULL) clr_lap_end(checker->lap, CLR_STAGE_TAC);
    if (tac != CLR_OK) checker->status = tac;
}
