/*
 * tac_check.h: the TACs of records, made again under the centre's keys and compared.
 *
 * A record with a TAC goes by the key of its issuer, key version and key index (0 and 0 where its format has none). With such a key the verdict
 * is right or wrong; without one it stays unverified, as ingest/check left it: noted, or waiting where the sender's profile or the issuer's keys
 * say so. Not asked: records that are not a trade (lock), whose TAC the card may not have finished (gray), or that cannot be read (form).
 *
 *   card factor     the last 16 digits of the card number without `card_skip` at its right, zeros in front
 *   issuer factor   the key's own 8 bytes, or the digits of the record's issuer id, zeros behind
 *   a value that does not fit the card's bytes (a serial over 32 bits) cannot be what the card signed: wrong
 *
 * Standard  clearing-rules.md 2 (tac-mismatch, tac-unverified); the arithmetic is tac/tac.h.
 * Threads   one check a worker; keys and parties are shared and constant.
 */
#ifndef CLR_INGEST_TAC_CHECK_H
#define CLR_INGEST_TAC_CHECK_H

#include "codec.h"
#include "keys/keyset.h"
#include "model/txn.h"
#include "store/parties.h"

struct clr_tac_check;

/**
 * @param keys     borrowed; NULL or empty: *out is NULL, and nothing is checked.
 * @param parties  numbers of issuers by code; borrowed for the call.
 * @return CLR_OK | CLR_FULL | CLR_KEY
 */
CLR_MUST_USE enum clr_status clr_tac_check_create(const struct clr_keyset *keys, const struct clr_parties *parties, struct clr_tac_check **out);

/** The same with an engine of the caller's choice: 0 as above (the fastest), else 1 + enum clr_tac_engine. @return also CLR_USAGE: not on this machine */
CLR_MUST_USE enum clr_status clr_tac_check_create_with(const struct clr_keyset *keys, const struct clr_parties *parties, unsigned engine, struct clr_tac_check **out);
void clr_tac_check_destroy(struct clr_tac_check *check);        /* NULL is fine */

/** Judge the TACs of checked records (ingest/check.h): tac-mismatch is set, tac-unverified taken away where there was a key. */
CLR_MUST_USE enum clr_status clr_tac_check_records(struct clr_tac_check *check, const struct clr_raw *raw, struct clr_txn *txn, size_t count);

enum clr_tac_outcome { CLR_TAC_NOT_ASKED, CLR_TAC_NO_KEY, CLR_TAC_RIGHT, CLR_TAC_WRONG };

/** How one record was judged. Never what its TAC should have been: that is what a forger wants to know. */
struct clr_tac_finding {
    enum clr_tac_outcome outcome;
    bool waits;                             /* NO_KEY: the issuer's keys say that it waits */
    const struct clr_key *key;              /* NULL when there is none; borrowed from the set */
    uint8_t data[CLR_TAC_DATA_MAX];         /* what was authenticated; size 0 when it does not fit the card's bytes */
    uint8_t size;
};
CLR_MUST_USE enum clr_status clr_tac_check_one(struct clr_tac_check *check, const struct clr_raw *raw, const struct clr_txn *txn,
                                               struct clr_tac_finding *out);

/** Is the TAC of such a record verified at all? By its flags and reasons: a stored row tells as much as the record did. */
bool clr_tac_check_asks(const struct clr_txn *txn);

/** Has this issuer any key at all? And do its keys say that a TAC without a key waits? */
bool clr_tac_check_knows(const struct clr_tac_check *check, clr_party issuer);
bool clr_tac_check_waits(const struct clr_tac_check *check, clr_party issuer);

#endif
