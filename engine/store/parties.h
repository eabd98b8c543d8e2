/*
 * parties.h: store-wide numbers of participants and of unknown party codes.
 *
 * Every participant code of any loaded rules version has one party id, 1, 2, …, for the store's life (rows keep ids, not codes).
 * A code that the rules did not know when a record was judged is kept as text under CLR_PARTY_UNKNOWN | id, so that the record can be
 * judged again later and shown as it was read. The text of an unknown code is
 *
 *     <format name> '|' <field> '=' <value> [ '|' <field> '=' <value> ]     "yz316|unit=12345678|city=3120"
 *
 * Numbers are private to a store and never reach an output or a digest; texts do.
 *
 * Threads   ids are read by any thread; clr_parties_intern is for one thread while no other reads.
 */
#ifndef CLR_STORE_PARTIES_H
#define CLR_STORE_PARTIES_H

#include "model/rules.h"
#include "store/env.h"

struct clr_parties {
    char **code;    uint32_t code_count, code_capacity;        /* participants: code[id - 1] */
    char **text;    uint32_t text_count, text_capacity;        /* unknown codes: text[id - 1] */
    uint32_t *slot; uint32_t slot_count;                       /* hash of texts: 1 + index */
    uint64_t seed;                                             /* of hashes; drawn when loaded, shows in no result */
    uint32_t text_stored;                                      /* texts [0, text_stored) are in the table */
};

CLR_MUST_USE enum clr_status clr_parties_load(struct clr_tx *tx, struct clr_parties *out, struct clr_fault *fault);
void clr_parties_free(struct clr_parties *parties);

/** Give every participant of a version its id (new ones are put into the table). Sets participant[].party. */
CLR_MUST_USE enum clr_status clr_parties_number(struct clr_tx *tx, struct clr_parties *parties, struct clr_rules *rules, struct clr_fault *fault);

/** The same for a version already in the store: ids only. CLR_DAMAGED when a code has none. */
CLR_MUST_USE enum clr_status clr_parties_bind(const struct clr_parties *parties, struct clr_rules *rules);

/** Reference of an unknown code's text, made when new (in memory; clr_parties_store writes it). CLR_PARTY_NONE when out of memory. */
clr_party clr_parties_intern(struct clr_parties *parties, struct clr_bytes text);

/** Write texts that are not yet in the table. */
CLR_MUST_USE enum clr_status clr_parties_store(struct clr_tx *tx, struct clr_parties *parties, struct clr_fault *fault);

/** Code of a participant, text of an unknown code, "" for none. */
const char *clr_party_text(const struct clr_parties *parties, clr_party party);

/** Value of a field of an unknown code's text ("city"); empty when it has none. */
struct clr_bytes clr_party_field(const char *text, const char *field);

#endif
