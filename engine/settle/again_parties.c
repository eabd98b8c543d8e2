/* Who issued and who acquired, asked again: from the texts that unknown codes were kept as, and the number behind the card's token. */
#include <stdlib.h>

#include "ingest/party_again.h"
#include "settle/again.h"

/* ---- moves ---- */

static bool role_fits(enum clr_role role, const struct clr_participant *participant, enum clr_product product)
{
    if (participant->product >= 0 && participant->product != (int)product) return false;
    if (role == CLR_ROLE_ISSUER) return participant->role == CLR_ROLE_ISSUER || participant->role == CLR_ROLE_AGENCY;
    return participant->role == CLR_ROLE_ACQUIRER || participant->role == CLR_ROLE_OWNER || participant->role == CLR_ROLE_AGENCY;
}

int clr_move_party(const struct clr_rules *rules, enum clr_role role, enum clr_product product, const char *code, clr_day day)
{
    static const char *const acquirer_fields[] = { "unit", "merchant", "company" };
    const struct clr_bytes text = clr_bytes_trim(clr_bytes_text(code));
    if (text.size == 0) return -1;
    int found = clr_rules_participant(rules, text, day);
    if (found >= 0) return role_fits(role, &rules->participant[found], product) ? found : -1;
    if (role == CLR_ROLE_ISSUER) return clr_rules_alias(rules, role, product, CLR_FORMAT_MOVES, "issuer", text, day);
    for (size_t i = 0; i < sizeof acquirer_fields / sizeof *acquirer_fields && found < 0; i++)
        found = clr_rules_alias(rules, role, product, CLR_FORMAT_MOVES, acquirer_fields[i], text, day);
    return found;
}

static uint64_t move_issuer(const struct clr_rules *rules, const struct clr_move *move, struct clr_bytes card, int *issuer)
{
    const enum clr_product product = (enum clr_product)move->txn.product;
    const clr_day day = move->txn.trade_day;
    const bool given = clr_bytes_trim(clr_bytes_text(move->issuer_code)).size > 0;
    const int by_card = card.size > 0 ? clr_rules_card_issuer(rules, product, CLR_FORMAT_MOVES, card, day) : -1;
    const int by_code = clr_move_party(rules, CLR_ROLE_ISSUER, product, move->issuer_code, day);

    *issuer = given ? by_code : by_card;
    if (*issuer < 0) return CLR_REASON_MASK(UNKNOWN_PARTICIPANT);
    if (by_card < 0 || rules->participant[by_card].party == rules->participant[*issuer].party) return 0;
    *issuer = -1;
    return CLR_REASON_MASK(ISSUER_MISMATCH);
}

uint64_t clr_move_parties(const struct clr_rules *rules, const struct clr_move *move, struct clr_bytes card, int *issuer, int *acquirer)
{
    uint64_t reasons = move_issuer(rules, move, card, issuer);
    *acquirer = clr_move_party(rules, CLR_ROLE_ACQUIRER, (enum clr_product)move->txn.product, move->acquirer_code, move->txn.trade_day);
    if (*acquirer >= 0) return reasons;
    return reasons | (clr_bytes_trim(clr_bytes_text(move->acquirer_code)).size == 0 ? CLR_REASON_MASK(NO_UNIT)
                                                                                    : CLR_REASON_MASK(UNKNOWN_PARTICIPANT));
}

/* ---- rows ---- */

static struct clr_party_again asking(const struct clr_again *again)
{
    return (struct clr_party_again){ again->rules, again->store->tokenizer, &again->store->parties };
}

/** A party that was known stays who it is, as long as the latest rules have it. */
static int known_again(const struct clr_again *again, clr_party party, uint64_t *reasons)
{
    const int index = clr_again_participant(again, party);
    if (index < 0) *reasons |= CLR_REASON_MASK(UNKNOWN_PARTICIPANT);
    return index;
}

static uint64_t purse_reason(const struct clr_again *again, const struct clr_subject *subject)
{
    const struct clr_participant *const participant = again->rules->participant;
    if (!(subject->txn.flags & (CLR_FLAG_BONUS | CLR_FLAG_MONTHLY)) || subject->issuer < 0 || subject->acquirer < 0) return 0;
    return strcmp(participant[subject->issuer].region, participant[subject->acquirer].region) != 0 ? CLR_REASON_MASK(WRONG_PURSE) : 0;
}

/** Of a move whose parties are not given by code: what its format does not ask for is not missed. */
static uint64_t resolved_parties(const struct clr_again *again, struct clr_subject *subject)
{
    uint64_t reasons = 0;
    const struct clr_party_again ask = asking(again);
    const struct clr_txn *const txn = &subject->txn;
    subject->issuer = subject->acquirer = -1;
    if (clr_party_is_known(txn->issuer)) subject->issuer = known_again(again, txn->issuer, &reasons);
    else if (txn->issuer != CLR_PARTY_NONE) subject->issuer = clr_party_again_issuer(&ask, subject->format, txn, &reasons);
    if (clr_party_is_known(txn->acquirer)) subject->acquirer = known_again(again, txn->acquirer, &reasons);
    else if (txn->acquirer != CLR_PARTY_NONE) subject->acquirer = clr_party_again_acquirer(&ask, subject->format, txn, &reasons);
    return reasons;
}

struct clr_booking clr_again_booking(const struct clr_again *again, const struct clr_subject *subject, clr_day window)
{
    const struct clr_participant *const participant = again->rules->participant;
    return (struct clr_booking){
        .rules = again->rules,
        .txn = &subject->txn,
        .move = subject->is_move ? &subject->move : NULL,
        .issuer = subject->issuer >= 0 ? participant[subject->issuer].party : CLR_PARTY_NONE,
        .acquirer = subject->acquirer >= 0 ? participant[subject->acquirer].party : CLR_PARTY_NONE,
        .issuer_index = subject->issuer,
        .acquirer_index = subject->acquirer,
        .window = window,
    };
}

uint64_t clr_again_parties(const struct clr_again *again, struct clr_subject *subject)
{
    uint64_t reasons = 0;
    if (subject->is_move && !clr_move_is_plain(&subject->move)) {
        reasons = resolved_parties(again, subject);
        if (reasons != 0 || !clr_subject_has_parties(subject)) return reasons;
        const struct clr_booking booking = clr_again_booking(again, subject, subject->txn.window);
        return clr_book_reasons(&booking);
    }
    if (subject->is_move) {
        char number[CLR_NUMBER_TEXT_SIZE];
        const struct clr_party_again ask = asking(again);
        const struct clr_bytes card = clr_party_again_number(&ask, CLR_FORMAT_MOVES, &subject->txn.card, number);
        reasons = clr_move_parties(again->rules, &subject->move, card, &subject->issuer, &subject->acquirer);
        explicit_bzero(number, sizeof number);
        return reasons;
    }
    const struct clr_party_again ask = asking(again);
    const struct clr_txn *const txn = &subject->txn;
    subject->issuer = clr_party_is_known(txn->issuer) ? known_again(again, txn->issuer, &reasons)
                                                      : clr_party_again_issuer(&ask, subject->format, txn, &reasons);
    subject->acquirer = clr_party_is_known(txn->acquirer) ? known_again(again, txn->acquirer, &reasons)
                                                          : clr_party_again_acquirer(&ask, subject->format, txn, &reasons);
    return reasons | purse_reason(again, subject);
}

void clr_again_row_parties(const struct clr_again *again, enum clr_format format, struct clr_txn *txn)
{
    const struct clr_party_again ask = asking(again);
    clr_party_again_fill(&ask, format, txn);
}
