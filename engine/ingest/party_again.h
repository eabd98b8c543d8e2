/*
 * party_again.h: who issued and who acquired a stored trade, asked again under other rules than those it was judged by: from the texts that unknown
 * codes were kept as (store/parties.h), and the number behind the card's token.
 *
 * Threads   reads rules and parties; the tokenizer belongs to the caller's thread.
 */
#ifndef CLR_INGEST_PARTY_AGAIN_H
#define CLR_INGEST_PARTY_AGAIN_H

#include "ingest/check.h"

struct clr_party_again {
    const struct clr_rules *rules;
    struct clr_tokenizer *tokenizer;
    const struct clr_parties *parties;
};

#define CLR_NUMBER_TEXT_SIZE (CLR_CARD_TEXT_SIZE + 20)

/** The card's number as the format writes it, into `text`; empty when there is none. The caller wipes the text. */
struct clr_bytes clr_party_again_number(const struct clr_party_again *again, enum clr_format format, const struct clr_token *card, char text[CLR_NUMBER_TEXT_SIZE]);

/** Participant index of an unknown issuer / acquirer under the rules, −1 when still unknown; adds the reason why. */
int clr_party_again_issuer(const struct clr_party_again *again, enum clr_format format, const struct clr_txn *txn, uint64_t *reasons);
int clr_party_again_acquirer(const struct clr_party_again *again, enum clr_format format, const struct clr_txn *txn, uint64_t *reasons);

/** Put what the rules know by now in the place of unknown references. */
void clr_party_again_fill(const struct clr_party_again *again, enum clr_format format, struct clr_txn *txn);

#endif
