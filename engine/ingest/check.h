/*
 * check.h: from decoded bytes to the canonical record: parties, dates, limits, stop list, token, placement hash, window.
 *
 * Standard  clearing-rules.md 1 (stamps), 2 (reasons), 3 (identity, lookup key), 5 (issuer, acquirer), 6 (windows).
 * Promise   every raw record becomes exactly one txn; a record is judged on its own here, repeats come in dedup.h.
 * Threads   a checker belongs to one worker; rules and job are shared and constant.
 */
#ifndef CLR_INGEST_CHECK_H
#define CLR_INGEST_CHECK_H

#include "ingest/job.h"
#include "ingest/party_memo.h"
#include "ingest/tac_check.h"
#include "store/parties.h"

#define CLR_CHECK_BATCH 256

struct clr_lap;

struct clr_checker {
    const struct clr_rules *rules;
    const struct clr_closed_windows *closed;          /* by product */
    struct clr_tokenizer *tokenizer;
    uint64_t seed;
    struct clr_parties unknown;                       /* texts met by this worker; references are local until the batch remaps them */
    struct clr_party_memo *issuers, *acquirers;       /* 1 << CLR_MEMO_BITS each */
    int64_t day_start_s;                              /* the day of the record before: its start, */
    clr_day day;                                      /* and the day itself */
    struct clr_tac_check *tac;                        /* owned; NULL: no keys */
    struct clr_lap *lap;                              /* of the worker, NULL none: TACs are a stage of their own */
    enum clr_status status;                           /* out of memory while interning */
};

CLR_MUST_USE enum clr_status clr_checker_init(struct clr_checker *checker, const struct clr_rules *rules, const struct clr_closed_windows *closed, const uint8_t *store_key);
void clr_checker_free(struct clr_checker *checker);

/** Check `count` <= CLR_CHECK_BATCH raw records of a job; file, block and index of the records are `file`, `block`, `index`, `index` + 1, … */
void clr_check_records(struct clr_checker *checker, const struct clr_job *job, const struct clr_raw *raw, size_t count,
                       uint32_t file, uint32_t block, uint32_t index, struct clr_txn *out);

/** Placement hash of a record from its own fields (also for rows read back). */
uint64_t clr_placement_hash(uint64_t seed, const struct clr_txn *txn);

/** The same under another trade day (card data only): where its gray twin would be. */
uint64_t clr_placement_hash_on(uint64_t seed, const struct clr_txn *txn, clr_day day);

/** A record without identity is spread by its position. */
uint64_t clr_placement_hash_nowhere(uint64_t seed, const struct clr_txn *txn);

/** Place `count` records: each `hash` is set to the one of the above that is the record's. */
void clr_placement_hash_all(uint64_t seed, struct clr_txn *txn, size_t count);

/** Does the record have an identity at all (form was readable, the date exists)? */
static inline bool clr_txn_has_identity(const struct clr_txn *txn)
{
    return (txn->reasons & (CLR_REASON_MASK(MALFORMED) | CLR_REASON_MASK(TEST_RECORD) | CLR_REASON_MASK(UNKNOWN_TYPE) | CLR_REASON_MASK(BAD_DATE) |
                            CLR_REASON_MASK(TOO_LATE))) == 0;
}

/**
 * Resolve issuer and acquirer of a record from what was read, under rules of its trade day; adds unknown-participant, issuer-mismatch, no-unit.
 * Also used when a pending record is judged again (settle/reexamine.h): then the texts come from its unknown codes and the number from its token.
 */
struct clr_party_source {
    enum clr_product product;
    enum clr_format format;
    const char *unit_field;
    struct clr_bytes card, unit, city_card, city_trade;
    clr_day day;
    const char *issuer_field;             /* alias field of city_card; NULL: "city" */
};
struct clr_party_result {
    int issuer, acquirer;                 /* participant indexes, −1 unknown */
    uint64_t reasons;
};
void clr_parties_resolve(const struct clr_rules *rules, const struct clr_party_source *source, struct clr_party_result *out);
/** One of them: participant index, −1 unknown; adds its reasons. */
int clr_party_issuer(const struct clr_rules *rules, const struct clr_party_source *source, uint64_t *reasons);
int clr_party_acquirer(const struct clr_rules *rules, const struct clr_party_source *source, uint64_t *reasons);

/** What a record says of its parties. Borrows the record. */
struct clr_party_source clr_party_source_of(const struct clr_codec *codec, const struct clr_raw *raw, clr_day day);

/** Text that an unknown party is kept as (store/parties.h). @return `text` */
#define CLR_UNKNOWN_TEXT_SIZE 512
const char *clr_unknown_issuer_text(const struct clr_party_source *source, char text[CLR_UNKNOWN_TEXT_SIZE]);
const char *clr_unknown_acquirer_text(const struct clr_party_source *source, char text[CLR_UNKNOWN_TEXT_SIZE]);

/** A party of a record of the batch, known or not, and the reasons that go with it. */
struct clr_party_found {
    clr_party party;
    uint64_t reasons;
};

/** Resolve one of the parties; what is found is remembered under `question` (NULL: it is too long for that). */
struct clr_party_found clr_checker_issuer(struct clr_checker *checker, const struct clr_party_source *source,
                                          const struct clr_party_question *question);
struct clr_party_found clr_checker_acquirer(struct clr_checker *checker, const struct clr_party_source *source,
                                            const struct clr_party_question *question);

#endif
